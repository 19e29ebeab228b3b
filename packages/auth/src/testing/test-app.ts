import { z } from "zod";
import { createFetchHandler, type FetchHandler } from "../trpc/http/fetch-handler.ts";
import type { FetchHandlerOptions } from "../trpc/http/handler-options.ts";
import { protectedProcedure, publicProcedure, router, stepUpProcedure } from "../trpc/init.ts";
import { adminRouter } from "../trpc/routers/admin.ts";
import { authRouter } from "../trpc/routers/auth.ts";
import { createTokenCookies } from "../trpc/token-cookies.ts";
import { createTestAuth, type TestAuth, type TestAuthOptions, testIssuer } from "./test-auth.ts";

/** The text of an unexpected error, which no client may ever read. */
export const libraryText = "SqliteError: no such column in /srv/watchword/store.ts:42";

/** `auth`, and a feature with one procedure of each kind. */
const testRouter = router({
  auth: authRouter,
  admin: adminRouter,
  app: router({
    open: publicProcedure.query(() => "open"),
    mine: protectedProcedure.query(({ ctx }) => ctx.user.username),
    echo: protectedProcedure.input(z.object({ text: z.string() })).query(({ input }) => input.text),
    add: protectedProcedure.input(z.strictObject({ text: z.string() })).mutation(({ input }) => input.text),
    erase: stepUpProcedure.input(z.strictObject({ text: z.string() })).mutation(({ input }) => input.text),
    broken: publicProcedure.query((): string => {
      throw new Error(libraryText);
    }),
  }),
});

export type TestRouter = typeof testRouter;

export interface TestApp extends TestAuth {
  handler: (request: Request) => Promise<Response>;
  url: string;
  reportedErrors: Array<string | undefined>;
  /** Calls a mutation. `input` is written as JSON, unless it is a text already. */
  post(path: string, input?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Calls a query. */
  get(path: string, input?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // The shape of a response is what the tests are about.
  body: ReplyBody;
  /** The `Set-Cookie` headers. */
  setCookies: string[];
  /** What a browser would send back. */
  cookie: string;
}

interface ReplyBody {
  result: { data: Record<string, unknown> };
  error: {
    message: string;
    code: number;
    data: { code: string; httpStatus: number; reason: string; fieldErrors?: object };
  };
}

export interface TestAppOptions extends TestAuthOptions, Partial<Pick<FetchHandlerOptions, "trustedProxyHops">> {
  appUrl?: string;
}

type HandlerWrapper = (
  handle: FetchHandler,
  options: Pick<FetchHandlerOptions, "appUrl" | "trustedProxyHops">,
) => (request: Request) => Promise<Response>;
let wrapHandler: HandlerWrapper = (handle) => handle;

/** The address of every request of a test, as the HTTP handler sees it: a `Request` has none. */
export let testAddress: string | null = null;

/** From now on, the tests of this file reach their apps through another HTTP handler, from this address. */
export function setHandlerWrapper(other: HandlerWrapper, address: string): void {
  wrapHandler = other;
  testAddress = address;
}

/** The whole way from a `Request` to a `Response`, with nothing in it that is not in production but the store. */
export function createTestApp({ appUrl = testIssuer, trustedProxyHops = 0, ...options }: TestAppOptions = {}): TestApp {
  const test = createTestAuth(options);
  const reportedErrors: Array<string | undefined> = [];
  const handle = createFetchHandler({
    router: testRouter,
    auth: test.auth,
    tokenCookies: createTokenCookies({ appUrl }),
    endpoint: "/api/trpc",
    appUrl,
    trustedProxyHops,
    onError: ({ path }) => reportedErrors.push(path),
  });
  const handler = wrapHandler(handle, { appUrl, trustedProxyHops });
  const url = `${appUrl}/api/trpc`;
  return {
    ...test,
    handler,
    url,
    reportedErrors,
    async post(path, input, headers = {}) {
      const body = input === undefined ? null : typeof input === "string" ? input : JSON.stringify(input);
      const request = new Request(`${url}/${path}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      });
      return readReply(await handler(request));
    },
    async get(path, input, headers = {}) {
      const separator = path.includes("?") ? "&" : "?";
      const query = input === undefined ? "" : `${separator}input=${encodeURIComponent(JSON.stringify(input))}`;
      return readReply(await handler(new Request(`${url}/${path}${query}`, { headers })));
    },
  };
}

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const setCookies = response.headers.getSetCookie();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? ({} as ReplyBody) : JSON.parse(text),
    setCookies,
    cookie: setCookies.map((cookie) => cookie.split(";")[0]).join("; "),
  };
}

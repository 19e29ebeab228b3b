import { createTRPCClient, type HTTPLinkOptions, httpBatchLink, TRPCClientError, type TRPCLink } from "@trpc/client";
import type { AnyClientTypes } from "@trpc/server/unstable-core-do-not-import";
import { type BodySession, createBodySession } from "../src/client/body-session.ts";
import type { ClientSession, EndReason } from "../src/client/client-session.ts";
import { reasonOf } from "../src/client/errors.ts";
import { refreshLink } from "../src/client/refresh-link.ts";
import { createMemoryTokenStore, type StoredTokens, type TokenStore } from "../src/client/token-store.ts";
import type { AuthErrorReason } from "../src/core/domain/errors.ts";
import { createTestApp, type TestApp, type TestAppOptions, type TestRouter } from "../src/testing/test-app.ts";
import { registerAda } from "../src/testing/test-auth.ts";
import { createTestDevice, type TestDevice } from "./test-device.ts";

/** A `fetch` that reaches the app without a network, and what it carried. */
export interface Wire {
  fetch: typeof fetch;
  /** The paths of the calls, a batch's one by one, in the order in which they were sent. */
  calls: string[];
  /** How often a path was called. */
  count(path: string): number;
  /** How many requests were answered with 401. */
  rejected: number;
  /** Comes between a request and its answer: to hold it, to lose it, or to answer in the server's place. */
  between: (request: Request, send: () => Promise<Response>) => Promise<Response>;
  /** A browser's jar; undefined for a client without cookies. */
  cookies: Map<string, string> | undefined;
}

export function createWire({ handler }: Pick<TestApp, "handler">, options: { cookies?: boolean } = {}): Wire {
  const wire: Wire = {
    calls: [],
    count: (path) => wire.calls.filter((one) => one === path).length,
    rejected: 0,
    cookies: options.cookies ? new Map() : undefined,
    between: (_, send) => send(),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      wire.calls.push(...new URL(request.url).pathname.replace("/api/trpc/", "").split(","));
      if (wire.cookies?.size)
        request.headers.set("cookie", [...wire.cookies].map((cookie) => cookie.join("=")).join("; "));
      const response = await wire.between(request, () => handler(request));
      if (response.status === 401) wire.rejected += 1;
      for (const cookie of response.headers.getSetCookie()) keepCookie(wire.cookies, cookie);
      request.signal.throwIfAborted();
      return response;
    },
  };
  return wire;
}

function keepCookie(jar: Map<string, string> | undefined, cookie: string): void {
  const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
  if (cookie.includes("Max-Age=0")) jar?.delete(name);
  else jar?.set(name, value);
}

type Fetch = NonNullable<HTTPLinkOptions<AnyClientTypes>["fetch"]>;

export interface TestClientOptions {
  app: Pick<TestApp, "url">;
  wire: Wire;
  session: ClientSession;
  /** What follows the refresh link: batches, unless a test says otherwise. */
  link?: TRPCLink<TestRouter>;
}

/** A typed client as an app has it: the refresh link, then whatever sends. */
export function createTestClient({ app, wire, session, link }: TestClientOptions) {
  return createTRPCClient<TestRouter>({
    links: [refreshLink({ session }), link ?? httpBatchLink({ ...httpOptions({ app, wire, session }), maxItems: 20 })],
  });
}

/** For a link that sends over the wire. */
export function httpOptions({ app, wire, session }: Omit<TestClientOptions, "link">) {
  const send: Fetch = (input, init) => wire.fetch(input, init as RequestInit);
  return { url: app.url, fetch: send, headers: () => session.headers() };
}

export interface StartedClient {
  app: TestApp;
  wire: Wire;
  session: BodySession;
  store: TokenStore;
  client: ReturnType<typeof createTestClient>;
  /** Why the client was told that its session is over. */
  ended: EndReason[];
  /** The client's own clocks. The server has another. */
  device: TestDevice;
  /** The pair of the login. */
  first: StoredTokens;
  /** Lets the access token run out. */
  expire(): void;
}

export interface StartOptions extends TestAppOptions {
  tokens?: TokenStore;
  /** What the app does when it is told that the session is over. */
  onEnded?: (reason: EndReason) => Promise<boolean>;
}

/** A client without cookies that has the tokens of a login, and the real server behind it. */
export async function startClient(options: StartOptions = {}): Promise<StartedClient> {
  const { tokens: store = createMemoryTokenStore(), onEnded, ...appOptions } = options;
  const app = createTestApp(appOptions);
  const { accessToken, refreshToken, expiresIn, stepUp } = await registerAda(app.auth);
  const first = { accessToken, refreshToken };
  await store.write(first);
  const wire = createWire(app);
  const ended: EndReason[] = [];
  const device = createTestDevice();
  const session = createBodySession({
    url: app.url,
    fetch: wire.fetch,
    store,
    ...device.timing,
    onEnded: async (reason) => {
      ended.push(reason);
      return (await onEnded?.(reason)) ?? false;
    },
  });
  session.keepStepUp?.({ stepUpToken: stepUp?.token }); // as after a login over the link
  const client = createTestClient({ app, wire, session });
  const expire = () => app.clock.advance((expiresIn + 1) * 1000);
  return { app, wire, session, store, client, ended, device, first, expire };
}

/** What the server refused a call for; undefined when it was something else than a refusal. */
export async function rejectionOf(call: Promise<unknown>): Promise<AuthErrorReason | undefined> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TRPCClientError) return reasonOf(error);
    throw error;
  }
  throw new Error("The call was not refused");
}

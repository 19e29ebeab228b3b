import { type AnyProcedure, initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import type { CookieSink } from "../../src/trpc/token-cookies.ts";

/** What these procedures need of a context; `AuthContext` has it, and tRPC's own adapter is given it. */
interface Context {
  cookies: CookieSink;
}

/** A transformer whose traces are easy to see, and which fails where it is told to. */
const tagged = {
  serialize: (value: unknown) => {
    if (value === "cannot be serialized") throw new Error("The transformer failed");
    return { tagged: value === undefined ? "undefined" : value };
  },
  deserialize: (value: unknown) => {
    if (typeof value !== "object" || value === null || !("tagged" in value)) throw new Error("No tag");
    return value.tagged;
  },
};

type RootOptions = NonNullable<Parameters<ReturnType<typeof initTRPC.context<Context>>["create"]>[0]>;

const roots: Record<string, RootOptions> = {
  plain: {},
  "with a transformer": { transformer: tagged },
  "with a formatter": {
    errorFormatter: ({ shape, error, type, path, input, ctx }) => {
      if (error.message === "cannot be formatted") throw new Error("The formatter failed");
      const details = { type, path: path ?? null, input: input ?? null, hasContext: ctx !== undefined };
      return { ...shape, data: { ...shape.data, ...details, cause: error.cause?.name ?? null } };
    },
  },
};

function createRouter(options: RootOptions) {
  const t = initTRPC.context<Context>().create({ ...options, isDev: false });
  const stepped = t.procedure.use(({ next }) => next()).use(async ({ next }) => next({ ctx: { user: "ada" } }));
  const anything = t.procedure.input((value: unknown) => value);
  const text = t.procedure.input(z.object({ text: z.string(), times: z.number().max(9).default(1) }));
  const overridden = t.procedure
    .experimental_caller(async ({ invoke, args }) => invoke(args[0] as never))
    .query(() => 1);
  return t.router({
    q: t.router({
      ok: stepped.query(({ ctx }) => ({ user: ctx.user, at: new Date(0) })),
      echo: anything.query(({ input }) => input),
      text: text.query(({ input }) => input.text.repeat(input.times)),
      ...Object.fromEntries(endings.map(([name, run]) => [name, t.procedure.query(run as () => never)])),
      cookie: t.procedure.query(({ ctx }) => setsCookies(ctx)),
      code: anything.query(({ input }): never => {
        throw new TRPCError({ code: codeOf(input), message: "Said by a procedure" });
      }),
    }),
    m: t.router({
      ok: stepped.mutation(() => null),
      echo: anything.mutation(({ input }) => input),
      text: text.mutation(({ input }) => input.text.repeat(input.times)),
      ...Object.fromEntries(endings.map(([name, run]) => [name, t.procedure.mutation(run as () => never)])),
      cookie: t.procedure.mutation(({ ctx }) => setsCookies(ctx)),
    }),
    s: t.procedure.subscription(async function* () {
      yield 1;
    }),
    "name-with.dots_and-more": t.procedure.query(() => 1),
    overridden: overridden as unknown as AnyProcedure,
  });
}

/** By name, and what a procedure does then. */
const endings: ReadonlyArray<readonly [string, () => unknown]> = [
  ["undefined", () => undefined],
  ["text", () => "„ä\u2028\u{1f469}\ud800"],
  ["list", () => [1, [2, { three: undefined }]]],
  ["bigint", () => 1n],
  ["symbol", () => Symbol("x")],
  ["serialized", () => "cannot be serialized"],
  ["cyclic", () => cyclic()],
  ["stream", () => stream()],
  ["streamInside", () => ({ one: 1, events: stream() })],
  ["streamDeeper", () => ({ one: { events: stream() } })],
  ["streamInList", () => [stream()]],
  ["promiseInside", () => ({ soon: Promise.resolve(1) })],
  ["promiseDeeper", () => ({ one: { soon: Promise.resolve(1) } })],
  ["getter", () => Object.defineProperty({}, "x", { enumerable: true, get: () => raise(new Error("In a getter")) })],
  ["ownToJson", () => ({ toJSON: () => raise(new Error("In toJSON")) })],
  ["throwsError", () => raise(new TypeError("A mistake"))],
  ["throwsText", () => raise("a text")],
  ["throwsNothing", () => raise(undefined)],
  ["throwsNull", () => raise(null)],
  ["throwsFunction", () => raise(() => 1)],
  ["throwsObject", () => raise({ message: "An object", code: 7 })],
  ["throwsUnformattable", () => raise(new Error("cannot be formatted"))],
  ["rejects", async () => raise(new RangeError("Later"))],
];

export const endingNames = endings.map(([name]) => name);

function raise(thrown: unknown): never {
  throw thrown;
}

function cyclic(): object {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}

async function* stream() {
  yield 1;
}

function setsCookies({ cookies }: Context): string {
  const attributes = { path: "/", sameSite: "lax", secure: true, httpOnly: true } as const;
  cookies.set("one", "1", attributes);
  cookies.set("two", "2", { ...attributes, maxAge: 60 });
  return "set";
}

const codes = ["UNAUTHORIZED", "FORBIDDEN", "CONFLICT", "TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE", "TIMEOUT"] as const;

function codeOf(input: unknown): (typeof codes)[number] {
  return codes[Number(input)] ?? "FORBIDDEN";
}

/** One procedure for each way in which one can end, under roots with and without a transformer and a formatter. */
export const routers = Object.entries(roots).map(([name, options]) => [name, createRouter(options)] as const);

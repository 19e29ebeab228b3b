import { initTRPC, TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callerOf, type Procedure, type ProcedureCall } from "./procedure.ts";

const t = initTRPC.context<{ seen: unknown[]; one: number }>().meta<{ for: string }>().create();

/** A middleware that notes all that it was given, and what came of it. */
const noting = t.middleware(async (call) => {
  const { next, getRawInput, ctx, ...rest } = call;
  const { seen, ...context } = ctx;
  seen.push([Object.keys(call).sort(), context, rest, await getRawInput()]);
  const result = await next();
  seen.push(result);
  return result;
});
const base = t.procedure.meta({ for: "all" }).use(noting);
const { signal } = new AbortController();
const symbol = Symbol("of a context");

const procedures = {
  "of a resolver alone": t.procedure.query(({ ctx }) => ctx.one),
  "of several steps": base
    .use(({ next }) => next())
    .use(({ next, ctx }) => next({ ctx: { ...ctx, two: 2, [symbol]: 3 } }))
    .use(noting)
    .query(({ ctx }) => [ctx.one, ctx.two, ctx[symbol]]),
  "with an input": base
    .input(z.object({ text: z.string() }))
    .input(z.object({ more: z.number().default(4) }))
    .use(noting)
    .query(({ input }) => input),
  "with a wrong input": base.input(z.number()).query(({ input }) => input),
  "with an output": base.output(z.object({ a: z.number() })).query(() => ({ a: 1, b: 2 })),
  "with a wrong output": base.output(z.string()).query(() => 1 as never),
  "of which a step changes the input": base
    .use(({ next }) => next({ input: "changed" } as never))
    .use(noting)
    .query((call) => call.input as unknown),
  "of which a step changes how the input is read": base
    .use(({ next }) => next({ getRawInput: async () => "read otherwise" }))
    .input(z.string())
    .query(({ input }) => input),
  "of which a step goes on twice": base
    .use(async ({ next }) => {
      await next();
      return next({ ctx: { again: true } });
    })
    .query(({ ctx }) => "again" in ctx),
  "of which a step forgets to return": base
    .use((async ({ next }: { next: () => unknown }) => void next()) as never)
    .query(() => 1),
  "of which a step throws": base.use(() => raise(new RangeError("At once"))).query(() => 1),
  "of which a step rejects": base.use(async () => raise("a text")).query(() => 1),
  "of which a step takes an error for an answer": base
    .use(async ({ next, ctx }) => {
      const result = await next();
      ctx.seen.push(Object.keys(result));
      return result.ok ? result : next({ ctx: { one: 7 } });
    })
    .query(({ ctx }) => (ctx.one === 7 ? "saved" : raise(new Error("The first time")))),
  "of which the resolver throws": base.query(() => raise(new TRPCError({ code: "CONFLICT", message: "Taken" }))),
  "of which the resolver throws nothing": base.query(() => raise(undefined)),
  "that is a mutation": base.mutation(() => null),
} as const;

function raise(thrown: unknown): never {
  throw thrown;
}

async function outcomeOf(call: (given: ProcedureCall) => Promise<unknown>): Promise<unknown> {
  const seen: unknown[] = [];
  const getRawInput = async () => ({ text: "a" });
  const given: ProcedureCall = {
    path: "a.b",
    type: "query",
    ctx: { seen, one: 1 },
    getRawInput,
    signal,
    batchIndex: 3,
  };
  try {
    return { data: await call(given), seen };
  } catch (error) {
    const { name, message, code, cause } = error as TRPCError;
    return { name, message, code, cause: String(cause), seen };
  }
}

describe("callerOf()", () => {
  it.each(Object.entries(procedures))("calls a procedure %s as tRPC does", async (_, procedure) => {
    const asIs = procedure as unknown as Procedure;
    expect(callerOf(asIs)).not.toBe(asIs);
    expect(await outcomeOf(callerOf(asIs))).toEqual(await outcomeOf(asIs));
  });

  it("makes one caller for a procedure", () => {
    const procedure = procedures["that is a mutation"] as unknown as Procedure;
    expect(callerOf(procedure)).toBe(callerOf(procedure));
  });

  it("calls what wraps a procedure, and not what is wrapped", () => {
    const procedure = procedures["of several steps"] as unknown as Procedure;
    const wrapped = Object.assign((call: ProcedureCall) => procedure(call), { _def: procedure._def });
    const watched = new Proxy(procedure, {});
    expect([callerOf(wrapped), callerOf(watched)]).toEqual([wrapped, watched]);
    expect(callerOf(watched)).toBe(watched);
    const invoked = t.procedure
      .experimental_caller(async ({ invoke, args }) => invoke(args[0] as never))
      .query(() => 1);
    expect(callerOf(invoked as unknown as Procedure)).toBe(invoked);
  });
});

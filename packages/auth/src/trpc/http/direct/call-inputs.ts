import { type AnyRouter, TRPCError } from "@trpc/server";
import type { PlainCall } from "./plain-call.ts";

/** The inputs of a request's calls, parsed when the first procedure asks for one: a procedure without an input never does. */
export interface CallInputs {
  /** @throws {TRPCError} `BAD_REQUEST`, the same for every call of the request */
  read(index: number): unknown;
  /** What was read before; undefined until then, and where it failed. */
  known(index: number): unknown;
}

type Transformer = AnyRouter["_def"]["_config"]["transformer"];

/** @param body of a mutation: the JSON of its input */
export function createCallInputs(call: PlainCall, body: string | undefined, transformer: Transformer): CallInputs {
  let inputs: readonly unknown[] | undefined;
  let failure: TRPCError | undefined;

  return {
    read(index) {
      if (failure) throw failure;
      try {
        inputs ??= parseInputs(call, body, transformer);
      } catch (cause) {
        failure = asBadRequest(cause);
        throw failure;
      }
      return inputs[index];
    },
    known: (index) => inputs?.[index],
  };
}

function parseInputs(call: PlainCall, body: string | undefined, transformer: Transformer): unknown[] {
  const text = call.type === "query" ? call.input : body;
  if (text === undefined || text === "") return [];
  const parsed: unknown = JSON.parse(text);
  if (!call.isBatch) return [transformer.input.deserialize(parsed)];
  if (!isRecord(parsed)) throw new TRPCError({ code: "BAD_REQUEST", message: notAnObject });
  return Array.from({ length: call.calls.length }, (_, index) => {
    const input = parsed[index];
    return input === undefined ? undefined : transformer.input.deserialize(input);
  });
}

/** In tRPC's words, which a formatter may pass on. */
const notAnObject = '"input" needs to be an object when doing a batch call';

function isRecord(value: unknown): value is Record<number, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asBadRequest(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  const message = cause instanceof Error ? cause.message : "Invalid input";
  return new TRPCError({ code: "BAD_REQUEST", message, cause });
}

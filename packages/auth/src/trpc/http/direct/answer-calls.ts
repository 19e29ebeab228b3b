import {
  type AnyRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  transformTRPCResponse,
} from "@trpc/server";
import { getHTTPStatusCode } from "@trpc/server/http";
import type { TRPCErrorShape, TRPCResponse } from "@trpc/server/rpc";
import { type CallInputs, createCallInputs } from "./call-inputs.ts";
import type { PlainCall } from "./plain-call.ts";
import { callerOf } from "./procedure.ts";
import { isStreamLike } from "./stream-like.ts";

/** What the calls of one request became. */
export interface CallsAnswer {
  status: number;
  /** JSON. */
  body: string;
  /** Those of the calls that failed. */
  errors: readonly TRPCError[];
}

/** What a request brings beside its calls. */
export interface CallsInput {
  router: AnyRouter;
  call: PlainCall;
  /** The JSON of a mutation's input: its body. */
  body: string | undefined;
  /** Made once for the request. What it throws, every call is answered with. */
  createContext: () => unknown;
  /** Aborted when the client has gone before it was answered. */
  signal: AbortSignal;
  onError: (failed: FailedCall) => void;
}

/** A call that failed, for a log. */
interface FailedCall {
  error: TRPCError;
  /** Undefined where it is no single call's: the answer could not be written. */
  path: string | undefined;
}

interface Outcome {
  error: TRPCError | undefined;
  data: unknown;
}

/** All that one request's calls have in common. */
interface Run {
  input: CallsInput;
  config: AnyRouter["_def"]["_config"];
  inputs: CallInputs;
  context: unknown;
  contextError: TRPCError | undefined;
}

/**
 * Runs the procedures of a plain call, and writes what they return as tRPC's own adapters do, to the byte: held against them by
 * `differential.test.ts`.
 *
 * @param finish what is made of the answer, in the same step: a promise in between costs as much as a middleware
 * @returns rejects when not even an error can be written, because the router's formatter throws
 */
export function answerCalls<Made>(input: CallsInput, finish: (answer: CallsAnswer) => Made): Promise<Made> {
  const config = input.router._def._config;
  const inputs = createCallInputs(input.call, input.body, config.transformer);
  const run: Run = { input, config, inputs, context: undefined, contextError: undefined };
  const created = createContext(run);
  return created ? created.then(() => runCalls(run, finish)) : runCalls(run, finish);
}

/** Waits for nothing where the context is there at once: each promise costs as much as a step of the work itself. */
function createContext(run: Run): Promise<void> | undefined {
  const fail = (cause: unknown) => {
    run.contextError = getTRPCErrorFromUnknown(cause);
  };
  try {
    const made = run.input.createContext();
    if (!isThenable(made)) {
      run.context = made;
      return undefined;
    }
    return Promise.resolve(made).then((context) => {
      run.context = context;
    }, fail);
  } catch (cause) {
    fail(cause);
    return undefined;
  }
}

function isThenable(made: unknown): made is PromiseLike<unknown> {
  return typeof made === "object" && made !== null && "then" in made && typeof made.then === "function";
}

function runCalls<Made>(run: Run, finish: (answer: CallsAnswer) => Made): Promise<Made> {
  const { calls, isBatch } = run.input.call;
  if (!isBatch) return runCall(run, 0, (outcome) => finish(written(run, outcome)));
  const running = calls.map((_, index) => runCall(run, index, (outcome) => outcome));
  return Promise.all(running).then((outcomes) => finish(written(run, outcomes)));
}

function written(run: Run, outcome: Outcome | readonly Outcome[]): CallsAnswer {
  try {
    return "length" in outcome ? answerBatch(run, outcome) : answerOne(run, outcome);
  } catch (cause) {
    return answerFailure(run, cause);
  }
}

function answerOne(run: Run, outcome: Outcome): CallsAnswer {
  if (isStreamLike(outcome.data)) throw streamLikeError();
  const response = responseOf(run, outcome, 0);
  const status = outcome.error ? getHTTPStatusCode([response]) : 200;
  return { status, body: textOf(run, response), errors: outcome.error ? [outcome.error] : [] };
}

function answerBatch(run: Run, ran: readonly Outcome[]): CallsAnswer {
  const outcomes = ran.map((outcome) => {
    return isStreamLike(outcome.data) ? { error: streamLikeError(), data: undefined } : outcome;
  });
  const responses = outcomes.map((outcome, index) => responseOf(run, outcome, index));
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  return { status: getHTTPStatusCode(responses), body: textOf(run, responses), errors };
}

/** What the procedure throws is an outcome, too. */
function runCall<Made>(run: Run, index: number, then: (outcome: Outcome) => Made): Promise<Made> {
  const { call, signal, onError } = run.input;
  const called = call.calls[index];
  if (!called) throw new Error("A call has no procedure");
  const { path, procedure } = called;
  const returned = (data: unknown): Made => then({ error: undefined, data });
  const fail = (cause: unknown): Made => {
    const error = getTRPCErrorFromUnknown(cause);
    onError({ error, path });
    return then({ error, data: undefined });
  };
  if (run.contextError) return Promise.reject(run.contextError).catch(fail);
  const getRawInput = async () => run.inputs.read(index);
  const calling = { path, type: call.type, ctx: run.context, getRawInput, signal, batchIndex: index };
  return callerOf(procedure)(calling).then(returned, fail);
}

function responseOf(run: Run, { error, data }: Outcome, index: number): TRPCResponse {
  if (!error) return { result: { data } };
  const path = run.input.call.calls[index]?.path;
  return { error: errorShape(run, { error, path, input: run.inputs.known(index) }) };
}

function errorShape(
  { input: { call }, config, context }: Run,
  { error, path, input }: FailedCall & { input: unknown },
): TRPCErrorShape {
  return getTRPCErrorShape({ config, error, path, type: call.type, input, ctx: context as object | undefined });
}

function textOf({ config }: Run, response: TRPCResponse | TRPCResponse[]): string {
  const written = Array.isArray(response)
    ? response.map((one) => transformed(config, one))
    : transformed(config, response);
  return JSON.stringify(written);
}

/** A result by hand: tRPC's own function copies it three times, property by property. */
function transformed(config: Run["config"], response: TRPCResponse): unknown {
  if ("error" in response) return transformTRPCResponse(config, response);
  return { result: { data: config.transformer.output.serialize((response.result as { data: unknown }).data) } };
}

/** What was returned cannot be written. */
function answerFailure(run: Run, cause: unknown): CallsAnswer {
  const error = getTRPCErrorFromUnknown(cause);
  const failed = { error, path: undefined };
  run.input.onError(failed);
  const response: TRPCResponse = { error: errorShape(run, { ...failed, input: undefined }) };
  return { status: getHTTPStatusCode(response), body: textOf(run, response), errors: [error] };
}

/** In tRPC's words, which a formatter may pass on. */
function streamLikeError(): TRPCError {
  const message = "Cannot use stream-like response in non-streaming request - use httpBatchStreamLink";
  return new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", message });
}

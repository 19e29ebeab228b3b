import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { headersOfIncoming, type RequestHeaders } from "../../request-headers.ts";
import { createAnswerWriter, type PlainAnswer } from "./answer-writer.ts";
import { readIncomingBody } from "./incoming-body.ts";
import type { PlainCall, RequestHead } from "./plain-call.ts";

/** What answers plain calls, whatever carries them. */
export interface PlainCalls<Source> {
  /** Undefined for what is none, or what a rule keeps from the procedures: then the fetch handler answers. */
  read(head: RequestHead): PlainCall | undefined;
  /** @returns rejects only when not even an error can be written */
  answer<Made>(call: PlainCall, request: PlainRequest<Source>, finish: (answer: PlainAnswer) => Made): Promise<Made>;
  /** The largest body of a mutation, in bytes. */
  readonly maxBodyBytes: number;
}

interface PlainRequest<Source> {
  headers: RequestHeaders;
  /** Of a mutation. */
  body: Uint8Array | undefined;
  /** What the host knows of the request beside. */
  source: Source | undefined;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
}

/** What a connection brings to the direct path. */
export interface DirectRequest<Source> {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  source: Source;
}

/**
 * Answers plain calls straight from Node's request to the procedures and back: without a `Request`, a `Response` and streams in
 * between, which cost more than all that the procedures do.
 *
 * @param hostHeaders of every answer, beside its own
 * @returns a function that gives undefined for what is no plain call: it was not touched. Otherwise what it gives resolves when the
 *   answer is written, or the client has gone
 */
export function createDirectPath<Source>(
  calls: PlainCalls<Source>,
  hostHeaders: Readonly<Record<string, string>>,
): (request: DirectRequest<Source>) => Promise<void> | undefined {
  const write = createAnswerWriter(hostHeaders);

  return ({ incoming, outgoing, source }) => {
    const headers = headersOfIncoming(incoming.headers);
    const call = calls.read({ method: incoming.method, target: incoming.url ?? "", headers });
    if (!call || (call.type === "mutation" && !hasShortBody(incoming, calls.maxBodyBytes))) return undefined;
    const signal = signalOf(incoming.socket);
    const answer = (body?: Uint8Array) =>
      calls.answer(call, { headers, body, source, signal }, (made) => write(made, outgoing));
    // A client that leaves in the middle of its own request gets no response.
    return call.type === "mutation" ? readIncomingBody(incoming).then(answer, () => undefined) : answer();
  };
}

/** The length of a body is known before it comes, and it is no longer than a call's may be. */
function hasShortBody({ headers }: IncomingMessage, maxBodyBytes: number): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return encoding === undefined && length !== undefined && Number(length) <= maxBodyBytes;
}

const signals = new WeakMap<Socket, AbortSignal>();

/**
 * Aborted when the connection is gone. One for all calls on it, which come one after the other: it is aborted once, and not after each
 * complete answer, which would cost as much as a call.
 */
function signalOf(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known) return known;
  const gone = new AbortController();
  if (socket.destroyed) gone.abort();
  else socket.once("close", () => gone.abort());
  signals.set(socket, gone.signal);
  return gone.signal;
}

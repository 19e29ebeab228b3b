import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createParserInput, type ParserInput } from "./parser-input.ts";

/** A request on a connection, and what is done with it in its turn. */
interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** How long its body may take, in milliseconds. */
  bodyTimeoutMs: number;
  /** Begins with the answer. */
  begin: () => void;
  /** The body did not come in time, and nothing has been answered. Ends the connection. */
  late: () => void;
}

/** What a connection waits for that its client has to do. */
export type Waiting =
  /** For a request, since its last one was answered. */
  | "next"
  /** For the head of its first request, or the rest of one; or for the rest of a request that is answered already. */
  | "request"
  /** For the body of a request that is being answered. */
  | "body"
  /** For its client to read what was written. */
  | "reader"
  /** For nothing: the next step is ours. */
  | undefined;

/** One connection: begins one request at a time, and knows since when it waits for what. */
export interface Connection {
  /** Takes a request that the parser has read. Its turn comes when what came before it is answered. */
  take(exchange: Exchange): void;
  /** How many requests have begun. */
  readonly requests: number;
  /** To the newest request that has begun. */
  readonly answering: ServerResponse | undefined;
  readonly waiting: Waiting;
  /** Since when it has been without a request, or its request has been under way: milliseconds of a clock of its own. */
  readonly since: number;
  /** Nothing more that comes on it is read or begun. */
  end(): void;
}

/** What a parser may have read ahead, behind a body of unknown length. No client sends so many small requests ahead. */
const mostAhead = 32;

/** What is known of one connection. */
interface State {
  /** Read by the parser, not begun. */
  ahead: Exchange[];
  current: Exchange | undefined;
  answering: ServerResponse | undefined;
  isAnswered: boolean;
  isInHead: boolean;
  isOver: boolean;
  requests: number;
  since: number;
  clock: NodeJS.Timeout | undefined;
  /** Of the current request: the length of its body (0 where that is not known), and how much of it was parsed. */
  body: { length: number; parsed: number };
}

interface Parts {
  socket: Socket;
  state: State;
  lingerMs: number;
  input: ParserInput;
}

/** @param options.lingerMs for how long the rest of a request that is answered already is read and thrown away */
export function createConnection(socket: Socket, { lingerMs }: { lingerMs: number }): Connection {
  const state = newState();
  const input = createParserInput(socket, {
    expected() {
      const { current, ahead, body } = state;
      if (!current) return { kind: "head" };
      if (current.incoming.complete || ahead.length > 0) return { kind: "nothing" };
      return { kind: "body", bytes: Math.max(0, body.length - body.parsed) };
    },
    parsed(kind, bytes) {
      if (kind === "head") state.isInHead = !state.current;
      else state.body.parsed += bytes;
      if (!state.current?.incoming.complete) return;
      clearTimeout(state.clock);
      if (state.isAnswered) beginNext(parts);
    },
  });
  const parts: Parts = { socket, state, lingerMs, input };

  function end(): void {
    state.isOver = true;
    state.ahead.length = 0;
    input.end();
  }

  // A client that has closed its side does not wait for an answer: Node ends the connection then.
  socket.once("end", end);
  socket.once("close", () => {
    clearTimeout(state.clock);
    end();
  });

  return {
    take(exchange) {
      state.ahead.push(exchange);
      if (state.ahead.length > mostAhead) socket.destroy();
      else if (!state.current) beginNext(parts);
    },
    get requests() {
      return state.requests;
    },
    get answering() {
      return state.answering;
    },
    get since() {
      return state.since;
    },
    get waiting() {
      return waitingFor(state, socket);
    },
    end,
  };
}

function newState(): State {
  return {
    ahead: [],
    current: undefined,
    answering: undefined,
    isAnswered: false,
    isInHead: false,
    isOver: false,
    requests: 0,
    since: performance.now(),
    clock: undefined,
    body: { length: 0, parsed: 0 },
  };
}

function beginNext(parts: Parts): void {
  const { socket, state } = parts;
  state.current = undefined;
  const next = state.ahead.shift();
  if (!next || state.isOver || socket.destroyed || socket.writableEnded) return;
  [state.current, state.answering] = [next, next.outgoing];
  [state.isAnswered, state.isInHead] = [false, false];
  state.requests += 1;
  state.since = performance.now();
  state.body = { length: Number(next.incoming.headers["content-length"] ?? 0), parsed: 0 };
  if (hasBody(next.incoming)) limit(parts, next.bodyTimeoutMs);
  next.outgoing.once("close", () => onAnswered(parts, next));
  next.begin();
}

/** The rest of its body may still be under way: it is thrown away for a moment, and then the connection ends. */
function onAnswered(parts: Parts, { incoming }: Exchange): void {
  const { state, input, lingerMs } = parts;
  state.isAnswered = true;
  state.since = performance.now();
  if (incoming.complete) beginNext(parts);
  else {
    limit(parts, lingerMs);
    incoming.resume();
  }
  input.pump();
}

/** From now on the request has so long until it is complete, answered or not. */
function limit({ socket, state }: Parts, ms: number): void {
  clearTimeout(state.clock);
  state.clock = setTimeout(() => {
    if (!state.current || state.current.incoming.complete || socket.destroyed) return;
    if (state.answering?.headersSent) socket.destroy();
    else state.current.late();
  }, ms);
}

function waitingFor({ current, requests, isInHead, isAnswered }: State, socket: Socket): Waiting {
  if (!current) return requests > 0 && !isInHead ? "next" : "request";
  if (isAnswered) return "request";
  if (!current.incoming.complete) return "body";
  return socket.writableLength > 0 ? "reader" : undefined;
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

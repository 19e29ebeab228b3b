import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createParserInput } from "./parser-input.ts";

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

/** What a parser may have read ahead, behind a body of unknown length. Nobody's requests are so small and so many. */
const mostAhead = 32;

/** @param options.lingerMs for how long the rest of a request that is answered already is read and thrown away */
export function createConnection(socket: Socket, { lingerMs }: { lingerMs: number }): Connection {
  const ahead: Exchange[] = [];
  let current: Exchange | undefined;
  let answering: ServerResponse | undefined;
  let isAnswered = false;
  let isInHead = false;
  let isOver = false;
  let requests = 0;
  let since = performance.now();
  let clock: NodeJS.Timeout | undefined;
  /** Of the current request: how long its body is to be (0 where that is not said), and how much of it was parsed. */
  let body = { length: 0, parsed: 0 };

  const input = createParserInput(socket, {
    expected() {
      if (!current) return { kind: "head" };
      if (current.incoming.complete || ahead.length > 0) return { kind: "nothing" };
      return { kind: "body", bytes: Math.max(0, body.length - body.parsed) };
    },
    parsed(kind, bytes) {
      if (kind === "head") isInHead = !current;
      else body.parsed += bytes;
      if (!current?.incoming.complete) return;
      clearTimeout(clock);
      if (isAnswered) beginNext();
    },
  });

  function beginNext(): void {
    current = undefined;
    const next = ahead.shift();
    if (!next || isOver || socket.destroyed || socket.writableEnded) return;
    [current, answering] = [next, next.outgoing];
    [isAnswered, isInHead] = [false, false];
    requests += 1;
    since = performance.now();
    body = { length: Number(next.incoming.headers["content-length"] ?? 0), parsed: 0 };
    if (hasBody(next.incoming)) limit(next.bodyTimeoutMs);
    next.outgoing.once("close", () => answered(next));
    next.begin();
  }

  /** The rest of its body may still be under way: it is thrown away for a moment, and then the connection ends. */
  function answered({ incoming }: Exchange): void {
    isAnswered = true;
    since = performance.now();
    if (incoming.complete) beginNext();
    else {
      limit(lingerMs);
      incoming.resume();
    }
    input.pump();
  }

  /** From now on the request has so long until it is complete, answered or not. */
  function limit(ms: number): void {
    clearTimeout(clock);
    clock = setTimeout(() => {
      if (!current || current.incoming.complete || socket.destroyed) return;
      if (answering?.headersSent) socket.destroy();
      else current.late();
    }, ms);
  }

  function end(): void {
    isOver = true;
    ahead.length = 0;
    input.end();
  }

  // Whoever has said that nothing more will come does not wait for an answer either: Node ends the connection then.
  socket.once("end", end);
  socket.once("close", () => {
    clearTimeout(clock);
    end();
  });

  return {
    take(exchange) {
      ahead.push(exchange);
      if (ahead.length > mostAhead) socket.destroy();
      else if (!current) beginNext();
    },
    get requests() {
      return requests;
    },
    get answering() {
      return answering;
    },
    get since() {
      return since;
    },
    get waiting() {
      if (!current) return requests > 0 && !isInHead ? "next" : "request";
      if (isAnswered) return "request";
      if (!current.incoming.complete) return "body";
      return socket.writableLength > 0 ? "reader" : undefined;
    },
    end,
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

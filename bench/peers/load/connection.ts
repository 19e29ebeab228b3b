import { connect, type Socket } from "node:net";

/** The answer to one request, as it came. */
export interface HttpResponse {
  status: number;
  /** The status line and the headers. */
  head: string;
  body: Buffer;
}

const endOfHead = Buffer.from("\r\n\r\n");
const endOfLine = Buffer.from("\r\n");

/**
 * A connection that is kept, with one request on it at a time. The load shares the machine with the server that it measures, so
 * this does as little as HTTP/1.1 allows: the bytes of a request are made before, and of an answer only its length is looked for.
 */
export class Connection {
  readonly #port: number;
  readonly #onAnswer: (answer: HttpResponse) => void;
  readonly #onBreak: (error: Error) => void;
  #socket: Socket | undefined;
  #received: Buffer | undefined;
  #isWaiting = false;

  constructor(port: number, onAnswer: (answer: HttpResponse) => void, onBreak: (error: Error) => void) {
    this.#port = port;
    this.#onAnswer = onAnswer;
    this.#onBreak = onBreak;
  }

  /** Connects where there is no connection: a server may end one after an answer. */
  send(bytes: Uint8Array): void {
    this.#isWaiting = true;
    this.#socket ??= this.#open();
    this.#socket.write(bytes);
  }

  /** Connects without a request, so that many requests can leave at one moment. */
  async connected(): Promise<void> {
    const socket = this.#open();
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
  }

  close(): void {
    this.#isWaiting = false;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => undefined); // "close" follows
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#received = undefined;
      if (!this.#isWaiting) return;
      this.#isWaiting = false;
      this.#onBreak(new Error("The server closed the connection without an answer"));
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    const received = this.#received ? Buffer.concat([this.#received, chunk]) : chunk;
    const answer = parseAnswer(received);
    this.#received = answer ? undefined : received;
    if (!answer) return;
    this.#isWaiting = false;
    if (/\r\nconnection: *close/i.test(answer.head)) this.close();
    this.#onAnswer(answer);
  }
}

/** Undefined as long as a part of the answer is missing. */
function parseAnswer(received: Buffer): HttpResponse | undefined {
  const end = received.indexOf(endOfHead);
  if (end === -1) return undefined;
  const head = received.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const begin = end + endOfHead.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  let body: Buffer | undefined;
  if (length !== undefined) {
    const last = begin + Number(length);
    body = received.length < last ? undefined : received.subarray(begin, last);
  } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    body = joinChunks(received, begin);
  } else if (status === 204 || status === 304) {
    body = Buffer.alloc(0);
  }
  return body && { status, head, body };
}

/** A body in chunks (RFC 9112 section 7.1). */
function joinChunks(received: Buffer, begin: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = begin; ; ) {
    const line = received.indexOf(endOfLine, at);
    if (line === -1) return undefined;
    const size = Number.parseInt(received.toString("latin1", at, line), 16);
    const from = line + endOfLine.length;
    if (received.length < from + size + endOfLine.length) return undefined;
    if (size === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunks.push(received.subarray(from, from + size));
    at = from + size + endOfLine.length;
  }
}

/** One request on a connection of its own. */
export async function askOnce(port: number, bytes: Uint8Array): Promise<HttpResponse> {
  let connection: Connection | undefined;
  try {
    return await new Promise<HttpResponse>((resolve, reject) => {
      connection = new Connection(port, resolve, reject);
      connection.send(bytes);
    });
  } finally {
    connection?.close();
  }
}

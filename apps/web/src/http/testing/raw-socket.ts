import { connect, type Socket } from "node:net";

/** A connection on which a test says what no client would. */
export interface RawSocket {
  socket: Socket;
  /** What the server has said so far. */
  received(): string;
  /** Resolves when the server has said this. */
  receives(pattern: RegExp): Promise<string>;
  /** Resolves with all that it said, when the connection is over. */
  over: Promise<string>;
}

export function openSocket(port: number, first: string | Uint8Array = ""): RawSocket {
  const socket = connect({ port, host: "127.0.0.1" });
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {}); // a reset is an end like any other
  if (first.length > 0) socket.write(first);
  const over = new Promise<string>((resolve) => socket.once("close", () => resolve(received)));
  return {
    socket,
    received: () => received,
    receives: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => pattern.test(received) && resolve(received);
        socket.on("data", check).once("close", () => reject(new Error(`It ended with: ${received.slice(0, 200)}`)));
        check();
      }),
    over,
  };
}

/** The status of each answer in what a server has said. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** A request as text, with a length for its body unless it says one. Of JSON to the router, and of a form to a page. */
export function requestText(path: string, { method = "POST", headers = {}, body = "" }: RequestText = {}): string {
  const type = path.startsWith("/api/trpc/") ? "application/json" : "application/x-www-form-urlencoded";
  const all = { Host: "localhost:3000", "Content-Type": type, "Content-Length": body.length, ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}\r\n`));
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

interface RequestText {
  method?: string;
  headers?: Record<string, string | number | undefined>;
  body?: string;
}

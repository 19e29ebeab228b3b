import { connect } from "node:net";

interface RawRequest {
  path: string;
  method: string;
  /** Undefined leaves a header out. */
  headers: Record<string, string | number | undefined>;
  body: string;
}

/**
 * Sends a request octet for octet, as no client would, and resolves with all that came back when the connection is over.
 *
 * @param headers beside `Content-Length`, which is that of the body unless it is given
 */
export function sendRaw(port: number, { path, method, headers, body }: RawRequest): Promise<string> {
  const lines = Object.entries({ "Content-Length": body.length, ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = "";
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
    });
    socket.on("error", () => {}); // a reset is an end like any other
    socket.once("close", () => resolve(received));
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  });
}

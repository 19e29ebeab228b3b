import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { apiPolicy, everywhere } from "./response-headers.mjs";

/** What Node's parser and its clocks say, and the status that belongs to it. Whatever else cannot be read is a 400. */
const statusOf: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Above what the parser takes nothing is known of a request. In a browser it is cookies, most likely of other hosts. */
const sentenceOf: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "The headers are too large. Clear this browser's cookies for this site and its parent domain\n",
};
/** What the parser rejects has no answer of Node's to set headers on. */
const headerLines = Object.entries({ ...everywhere, "Content-Security-Policy": apiPolicy, "Cache-Control": "no-store" })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");

/** Answers `CONNECT`, for which Node has no answer either: this is no proxy. */
export function rejectTunnel(socket: Duplex): void {
  socket.end(
    `HTTP/1.1 405 Method Not Allowed\r\n${headerLines}Allow: GET, HEAD, POST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/**
 * Ends a connection on which something came that is no request, or did not come in time: after what has been answered on it
 * already, and with a status only where nothing has.
 */
export function endBroken(error: NodeJS.ErrnoException, socket: Duplex, answering: ServerResponse | undefined): void {
  const answered = answering?.headersSent && !answering.writableFinished;
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ""] ?? "400 Bad Request";
  const sentence = sentenceOf[error.code ?? ""] ?? "";
  const type = sentence && "Content-Type: text/plain; charset=utf-8\r\n";
  const answer = `HTTP/1.1 ${status}\r\n${headerLines}Connection: close\r\n${type}Content-Length: ${sentence.length}\r\n\r\n${sentence}`;
  // What was written is sent before the end; what would still be read is not, and must not keep the connection.
  socket.end(answered ? undefined : answer, () => socket.destroy());
}

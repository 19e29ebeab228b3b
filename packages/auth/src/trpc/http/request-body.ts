import { AuthError } from "../../core/domain/errors.ts";
import { findJsonError } from "../../core/tokens/strict-json.ts";

/** The most bytes of JSON in one request: a batch of the longest inputs, and far less than would be a burden. */
const largestJsonBytes = 64 * 1024;

/**
 * Reads a JSON body up to the limit and passes on a request with it inside; a stream of bytes passes untouched. tRPC's fetch
 * adapter has no limit of its own, and a `Content-Length` may lie or be missing, so the bytes are counted as they come.
 *
 * An empty body counts as no input: `curl -X POST -H 'content-type: application/json'` is how one logs out from a shell.
 *
 * @throws {AuthError} `payload_too_large` | `validation_failed`
 */
export async function readBody(request: Request): Promise<Request> {
  if (request.method !== "POST") return request;
  if (!isJson(request)) return request.body ? request : withEmptyStream(request);
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > largestJsonBytes) throw new AuthError("payload_too_large");
  const bytes = await readBytes(request.body);
  const text = decode(bytes);
  const message = findJsonError(text);
  if (message) throw new AuthError("validation_failed", { message });
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(request.url, { method: "POST", headers, body: text === "" ? "{}" : text, signal: request.signal });
}

/** An empty file arrives as no body at all, and a procedure that takes a stream would not know it. */
function withEmptyStream(request: Request): Request {
  const empty = new ReadableStream({ start: (controller) => controller.close() });
  const init = { method: "POST", headers: request.headers, body: empty, signal: request.signal, duplex: "half" };
  return new Request(request.url, init as RequestInit);
}

function isJson(request: Request): boolean {
  return request.headers.get("content-type")?.toLowerCase().split(";", 1)[0]?.trim() === "application/json";
}

async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body) {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > largestJsonBytes) throw new AuthError("payload_too_large");
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks, length);
}

/** JSON is UTF-8 (RFC 8259 section 8.1). A decoder that repairs broken bytes would store what the client never sent. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AuthError("validation_failed", { message: "The body is not UTF-8", cause });
  }
}

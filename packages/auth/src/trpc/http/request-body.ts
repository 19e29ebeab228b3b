import { AuthError } from "../../core/domain/errors.ts";
import { findJsonError } from "../../core/tokens/strict-json.ts";
import { isJson } from "./direct/plain-call.ts";

/** The most bytes of JSON in one request: a batch of the longest inputs, and far less than would be a burden. */
export const largestJsonBytes = 64 * 1024;

/**
 * Reads a JSON body up to the limit and passes on a request with it inside; a stream of bytes passes untouched. tRPC's fetch
 * adapter has no limit of its own, and a `Content-Length` may lie or be missing, so the bytes are counted as they come.
 *
 * @throws {AuthError} `payload_too_large` | `validation_failed`
 */
export async function readBody(request: Request): Promise<Request> {
  if (request.method !== "POST") return request;
  if (!isJson(request.headers.get("content-type") ?? "")) return request.body ? request : withEmptyStream(request);
  const body = readJson(await readJsonBytes(request));
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(request.url, { method: "POST", headers, body, signal: request.signal });
}

/** @throws {AuthError} `payload_too_large` */
export async function readJsonBytes({ headers, body }: Request): Promise<Uint8Array> {
  const announced = Number(headers.get("content-length") ?? 0);
  if (announced > largestJsonBytes) throw new AuthError("payload_too_large");
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

/**
 * The text of a JSON body. An empty one counts as no input: `curl -X POST -H 'content-type: application/json'` is how one logs out
 * from a shell.
 *
 * @throws {AuthError} `validation_failed` when it is not UTF-8, or has a shape that could be read in two ways
 */
export function readJson(bytes: Uint8Array): string {
  const text = decode(bytes);
  const message = findJsonError(text);
  if (message) throw new AuthError("validation_failed", { message });
  return text === "" ? "{}" : text;
}

/** An empty file arrives as no body at all, and a procedure that takes a stream would not know it. */
function withEmptyStream(request: Request): Request {
  const empty = new ReadableStream({ start: (controller) => controller.close() });
  const init = { method: "POST", headers: request.headers, body: empty, signal: request.signal, duplex: "half" };
  return new Request(request.url, init as RequestInit);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** JSON is UTF-8 (RFC 8259 section 8.1). A decoder that repairs broken bytes would store what the client never sent. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new AuthError("validation_failed", { message: "The body is not UTF-8", cause });
  }
}

import type { AnyRouter } from "@trpc/server";
import type { RequestHeaders } from "../../request-headers.ts";
import type { Procedure } from "./procedure.ts";

/** A call, or a batch of calls, in the form that tRPC's clients send by far the most: JSON in, JSON out, all at once. */
export interface PlainCall {
  type: "query" | "mutation";
  isBatch: boolean;
  /** At least one. */
  calls: ReadonlyArray<{ path: string; procedure: Procedure }>;
  /** Of a query: the JSON of its input, if it has one. That of a mutation is the body. */
  input: string | undefined;
}

/** What is known of a request before its body. */
export interface RequestHead {
  method: string | undefined;
  /** The path and the query, as they were sent. */
  target: string;
  headers: RequestHeaders;
}

/** Where a router stands, and how many calls one request may carry. */
export interface PlainCallOptions {
  router: AnyRouter;
  /** Such as `/api/trpc`. */
  endpoint: string;
  maxBatchSize: number;
}

/** Names of procedures, with nothing in them that a reader of addresses could read in two ways. */
const plainPath = /^[\w.,-]+$/;
/** Of an input: what an address can hold unescaped, without the beginning of another parameter. */
const plainValue = /^[!$-%'-~]*$/;

/**
 * Reads a plain call from the head of a request. Undefined for everything else, which is tRPC's own adapter's to answer: streams,
 * uploads, other methods, escapes in the path, a query of another form, an unknown procedure, procedures of two types.
 */
export function readPlainCall(head: RequestHead, options: PlainCallOptions): PlainCall | undefined {
  const type = typeOf(head);
  if (type === undefined || wantsStream(head.headers)) return undefined;
  const address = readTarget(head.target, options.endpoint);
  if (!address || (type === "mutation" && address.input !== undefined)) return undefined;
  const calls = callsOf(address, type, options);
  return calls && { type, isBatch: address.isBatch, calls, input: address.input };
}

/** What a method and the form of a body stand for. */
function typeOf({ method, headers }: RequestHead): PlainCall["type"] | undefined {
  const contentType = headers.get("content-type");
  if (method === "POST") return contentType !== null && isJson(contentType) ? "mutation" : undefined;
  if (method !== "GET" || (contentType !== null && !isJson(contentType))) return undefined;
  return headers.has("content-length") || headers.has("transfer-encoding") ? undefined : "query";
}

/** Whether a content type is JSON's, however it is written (RFC 9110 section 8.3.1). */
export function isJson(contentType: string): boolean {
  return contentType === "application/json" || mediaTypeOf(contentType) === "application/json";
}

/** Without its parameters, in small letters. */
export function mediaTypeOf(contentType: string): string | undefined {
  return contentType.toLowerCase().split(";", 1)[0]?.trim();
}

function wantsStream(headers: RequestHeaders): boolean {
  if (headers.has("trpc-accept")) return true;
  const accept = headers.get("accept");
  return accept !== null && accept !== "*/*" && /jsonl|event-stream/i.test(accept);
}

interface Address {
  path: string;
  isBatch: boolean;
  input: string | undefined;
}

function readTarget(target: string, endpoint: string): Address | undefined {
  if (!target.startsWith(endpoint) || target[endpoint.length] !== "/") return undefined;
  const queryAt = target.indexOf("?");
  const path = target.slice(endpoint.length + 1, queryAt === -1 ? undefined : queryAt);
  if (!plainPath.test(path)) return undefined;
  const query = queryAt === -1 ? "" : target.slice(queryAt + 1);
  const isBatch = query === "batch=1" || query.startsWith("batch=1&");
  const rest = isBatch ? query.slice("batch=1&".length) : query;
  if (rest === "") return { path, isBatch, input: undefined };
  const input = rest.startsWith("input=") ? decodeValue(rest.slice("input=".length)) : undefined;
  return input === undefined ? undefined : { path, isBatch, input };
}

/** Undefined for what a reader of forms would repair (URL standard, section 5.1). */
function decodeValue(text: string): string | undefined {
  if (!plainValue.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function callsOf(
  { path, isBatch }: Address,
  type: PlainCall["type"],
  { router, maxBatchSize }: PlainCallOptions,
): PlainCall["calls"] | undefined {
  const paths = isBatch ? path.split(",") : [path];
  if (paths.length > maxBatchSize) return undefined;
  const { procedures } = router._def;
  const calls: Array<PlainCall["calls"][number]> = [];
  for (const name of paths) {
    if (!Object.hasOwn(procedures, name)) return undefined;
    const procedure = procedures[name] as Procedure;
    if (procedure._def.type !== type) return undefined;
    calls.push({ path: name, procedure });
  }
  return calls;
}

import { whole } from "./setting-values.ts";

/** What one request, one connection and all of them together may cost. Milliseconds and bytes. */
export interface HttpLimits {
  maxHeaderBytes: number;
  maxHeaders: number;
  maxUrlBytes: number;
  maxCookieBytes: number;
  maxCookies: number;
  maxBodyBytes: number;
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
  uploadTimeoutMs: number;
  /** For how long the rest of a request that is answered already is read and thrown away. */
  lingerMs: number;
  stallTimeoutMs: number;
  keepAliveMs: number;
  maxConnections: number;
  maxRequestsPerConnection: number;
  shutdownMs: number;
}

const bytes = (least: number, most: number) => whole(least, most, "bytes");
const seconds = (least: number, most: number) => whole(least, most, "seconds");

/** What the parser itself takes: above our own limit, so that a client above it gets a response that says what is wrong. */
export const parserHeaderBytes = 64 * 1024;

export const httpVariables = {
  /** The request line and all headers but cookies. A page's own are 2 kB, a proxy adds one more. */
  HTTP_MAX_HEADER_BYTES: bytes(2_048, parserHeaderBytes).default(16 * 1024),
  HTTP_MAX_HEADERS: whole(20, 1_000).default(100),
  /** A batch of 20 queries in a URL is 2 kB. */
  HTTP_MAX_URL_BYTES: bytes(512, parserHeaderBytes).default(8 * 1024),
  /** Of this app's own alone, which are 1.2 kB. Those of others count only for the parser. */
  HTTP_MAX_COOKIE_BYTES: bytes(2_048, parserHeaderBytes).default(8 * 1024),
  HTTP_MAX_COOKIES: whole(10, 1_000).default(100),
  /** Of a form or an action: text only, as in a JSON body of the router. */
  HTTP_MAX_BODY_BYTES: bytes(1_024, 64 * 1024 * 1024).default(64 * 1024),
  /** From the first byte of a connection until the headers are there. */
  HTTP_HEADERS_TIMEOUT_SECONDS: seconds(1, 120).default(10),
  /** Until a form or a JSON body is there. */
  HTTP_BODY_TIMEOUT_SECONDS: seconds(1, 600).default(15),
  /** Until an upload is there: 25 MiB at 0.7 Mbit/s. */
  HTTP_UPLOAD_TIMEOUT_SECONDS: seconds(1, 86_400).default(300),
  /** A connection with a request on it on which nothing moves. Streams say something every 15 s. */
  HTTP_STALL_TIMEOUT_SECONDS: seconds(20, 3_600).default(60),
  /** Longer than the 60 s for which proxies keep one: or they send a request into a connection that is just being closed. */
  HTTP_KEEP_ALIVE_SECONDS: seconds(1, 600).default(65),
  HTTP_MAX_CONNECTIONS: whole(10, 100_000).default(2_000),
  HTTP_MAX_REQUESTS_PER_CONNECTION: whole(1, 1_000_000).default(10_000),
  /** How long what is under way may take after a stop signal. Below the 10 s after which supervisors kill. */
  HTTP_SHUTDOWN_SECONDS: seconds(0, 600).default(8),
};

/** As an early answer has to be read before its connection ends, and no longer: this is no setting. */
const lingerMs = 2_000;

type HttpValues = { [Name in keyof typeof httpVariables]: number };

export function readHttpLimits(values: HttpValues): HttpLimits {
  return {
    maxHeaderBytes: values.HTTP_MAX_HEADER_BYTES,
    maxHeaders: values.HTTP_MAX_HEADERS,
    maxUrlBytes: values.HTTP_MAX_URL_BYTES,
    maxCookieBytes: values.HTTP_MAX_COOKIE_BYTES,
    maxCookies: values.HTTP_MAX_COOKIES,
    maxBodyBytes: values.HTTP_MAX_BODY_BYTES,
    headersTimeoutMs: values.HTTP_HEADERS_TIMEOUT_SECONDS * 1000,
    bodyTimeoutMs: values.HTTP_BODY_TIMEOUT_SECONDS * 1000,
    uploadTimeoutMs: values.HTTP_UPLOAD_TIMEOUT_SECONDS * 1000,
    lingerMs,
    stallTimeoutMs: values.HTTP_STALL_TIMEOUT_SECONDS * 1000,
    keepAliveMs: values.HTTP_KEEP_ALIVE_SECONDS * 1000,
    maxConnections: values.HTTP_MAX_CONNECTIONS,
    maxRequestsPerConnection: values.HTTP_MAX_REQUESTS_PER_CONNECTION,
    shutdownMs: values.HTTP_SHUTDOWN_SECONDS * 1000,
  };
}

import { TRPCClientError } from "@trpc/client";
import type { Begun, ClientSession } from "./client-session.ts";
import { asFailure, isPassing } from "./refusal.ts";
import { backoffMs } from "./timing.ts";

export interface Refreshed extends Begun {
  refreshToken?: string;
}

/** Shorter than the server's repeat window, so that no reply is still under way when the next rotation starts. */
const requestTimeoutMs = 15_000;
/** How often a passing failure is tried again. */
const mostRetries = 3;
const firstRetryMs = 300;
/** Somebody is waiting: no retry starts later than this. A server that wants a longer pause gets it, by not being asked. */
const patienceMs = 10_000;

export interface RefreshRequest extends Pick<ClientSession, "url" | "fetch" | "timing"> {
  /** In the body, for whoever has no cookies. */
  refreshToken?: string;
  /** Ends the waiting when the session ends. */
  signal: AbortSignal;
  /** False when the call that asks can also go without. */
  mayRetry: boolean;
}

/**
 * Asks for a new pair of tokens. The server gives the same answer to the same token until its successor is used, so that
 * trying again is safe after any failure, a lost reply too.
 *
 * @throws {TRPCClientError} the server's refusal, or the last passing failure
 */
export async function requestRefresh(request: RefreshRequest): Promise<Refreshed> {
  const { timing, signal, mayRetry } = request;
  const begunAt = timing.monotonicNow();
  for (let failures = 0; ; failures += 1) {
    let retryAfterMs = 0;
    try {
      const { refreshToken } = request;
      const { text, headers } = await post(request, "auth.refresh", { refreshToken });
      // Seconds only: the other form is a date, and would be read by a clock that may be wrong.
      retryAfterMs = Number(headers.get("retry-after")) * 1000 || 0;
      return readRefreshed(JSON.parse(text));
    } catch (cause) {
      const error = asFailure(cause);
      const pause = retryAfterMs + backoffMs({ failures, firstMs: firstRetryMs, mostMs: patienceMs }, timing);
      const isLate = timing.monotonicNow() - begunAt + pause > patienceMs;
      if (!mayRetry || failures >= mostRetries || isLate || signal.aborted || !isPassing(error)) throw error;
      await timing.wait(pause, signal);
    }
  }
}

export interface Post extends Pick<ClientSession, "url" | "fetch"> {
  signal: AbortSignal;
}

/** Without `AbortSignal.any` and `.timeout`, which phones' JavaScript lacks. */
export async function post(
  { url, fetch: send = fetch, signal }: Post,
  path: string,
  input: object = {},
): Promise<{ text: string; headers: Headers }> {
  const request = new AbortController();
  const stop = () => request.abort();
  const timer = setTimeout(stop, requestTimeoutMs);
  signal.addEventListener("abort", stop);
  try {
    const response = await send(`${url.replace(/\/$/, "")}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
      signal: request.signal,
    });
    return { text: await response.text(), headers: response.headers };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function readRefreshed(answer: { error?: unknown; result?: { data?: Partial<Refreshed> } } | null): Refreshed {
  if (answer?.error) throw asFailure(answer);
  const data = answer?.result?.data;
  if (typeof data?.expiresIn === "number") return data as Refreshed;
  throw new TRPCClientError("Not from Watchword");
}

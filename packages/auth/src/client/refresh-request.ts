import { foreignResponseError, isTransient, toClientError } from "./errors.ts";
import { backoffMs, type Timing } from "./timing.ts";

/** The output of a login or refresh; without tokens where cookies carry them. */
export interface IssuedTokens {
  /** Seconds that the access token has left. */
  expiresIn: number;
  /** Seconds that the session has left. */
  refreshExpiresIn?: number | undefined;
  accessToken?: string | undefined;
}

export interface StepUpOutput {
  stepUpToken?: string | undefined;
}

export interface RefreshOutput extends IssuedTokens {
  refreshToken?: string;
}

/** Shorter than the server's retry window, so that no reply is still under way when the next rotation starts. */
const requestTimeoutMs = 15_000;
/** How often a transient failure is tried again. */
const mostRetries = 3;
const firstRetryMs = 300;
/** The user waits: no retry starts later than this. A server that wants a longer pause gets no retry. */
const patienceMs = 10_000;

/** Where the router is, and what sends to it. */
interface RouterAddress {
  url: string;
  fetch?: typeof fetch | undefined;
}

export interface RefreshRequest extends RouterAddress {
  timing: Timing;
  /** In the body, for a client without cookies. */
  refreshToken?: string | undefined;
  /** Ends the waiting when the session ends. */
  signal: AbortSignal;
  /** False when the call that needs the tokens can be sent without them. */
  mayRetry: boolean;
}

/**
 * Requests new tokens. The server resends the same successor until it is used, so that a retry is safe after any failure, a
 * lost response included.
 *
 * @throws {TRPCClientError} the server's rejection, or the last transient failure
 */
export async function requestRefresh(request: RefreshRequest): Promise<RefreshOutput> {
  const { timing, signal, mayRetry } = request;
  const begunAt = timing.monotonicNow();
  for (let failures = 0; ; failures += 1) {
    let retryAfterMs = 0;
    try {
      const { refreshToken } = request;
      const { text, headers } = await post(request, "auth.refresh", { refreshToken });
      // Seconds only: the other form is a date, and would be read by a clock that may be wrong.
      retryAfterMs = Number(headers.get("retry-after")) * 1000 || 0;
      return readOutput(JSON.parse(text));
    } catch (cause) {
      const error = toClientError(cause);
      const pause = retryAfterMs + backoffMs({ failures, firstMs: firstRetryMs, mostMs: patienceMs }, timing);
      const isLate = timing.monotonicNow() - begunAt + pause > patienceMs;
      if (!mayRetry || failures >= mostRetries || isLate || signal.aborted || !isTransient(error)) throw error;
      await timing.delay(pause, signal);
    }
  }
}

export interface Post extends RouterAddress {
  signal: AbortSignal;
}

/** Without `AbortSignal.any` and `.timeout`, which phones' JavaScript lacks. */
export async function post(
  { url, fetch: send = fetch, signal }: Post,
  path: string,
  input: object,
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

function readOutput(body: { error?: unknown; result?: { data?: Partial<RefreshOutput> } } | null): RefreshOutput {
  if (body?.error) throw toClientError(body);
  const data = body?.result?.data;
  if (typeof data?.expiresIn === "number") return data as RefreshOutput;
  throw foreignResponseError();
}

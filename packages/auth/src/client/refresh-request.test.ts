import { TRPCClientError } from "@trpc/client";
import { describe, expect, it, vi } from "vitest";
import { createTestDevice } from "../../test/test-device.ts";
import { reasonOf } from "./errors.ts";
import { requestRefresh } from "./refresh-request.ts";

const good = () => Response.json({ result: { data: { expiresIn: 900 } } });
const rejection = (reason: string, status: number, headers: Record<string, string> = {}) =>
  Response.json({ error: { message: "x", code: -1, data: { reason } } }, { status, headers });

/** Answers one request after the other; the last answer stays. */
function start(...responses: Array<() => Response | Promise<Response>>) {
  const device = createTestDevice();
  const session = new AbortController();
  const sent: Request[] = [];
  const request = (options: { mayRetry?: boolean } = {}) =>
    requestRefresh({
      url: "https://app.test/api/trpc/",
      fetch: async (input, init) => {
        sent.push(new Request(input, init));
        return (responses.length > 1 ? responses.shift() : responses[0])?.() ?? good();
      },
      timing: device.timing,
      signal: session.signal,
      mayRetry: true,
      ...options,
    });
  return { request, device, sent, session };
}

const offline = () => Promise.reject(new TypeError("fetch failed"));

describe("requestRefresh()", () => {
  it("asks the router, with nothing in the body but what it was given", async () => {
    const { request, sent } = start(good);
    expect(await request()).toEqual({ expiresIn: 900 });
    expect(sent[0]?.url).toBe("https://app.test/api/trpc/auth.refresh");
    expect(await sent[0]?.json()).toEqual({});
  });

  it("tries passing failures again, later and later by chance, and not for ever (C05)", async () => {
    const { request, device, sent } = start(offline);
    await expect(request()).rejects.toThrow("fetch failed");
    expect([sent.length, device.waits]).toEqual([4, [150, 300, 600]]);
  });

  it("takes the first good answer", async () => {
    const { request, sent } = start(offline, () => rejection("temporarily_unavailable", 503), good);
    expect(await request()).toEqual({ expiresIn: 900 });
    expect(sent).toHaveLength(3);
  });

  it("waits for as long as the server asks, and by chance a little longer", async () => {
    const { request, device } = start(() => rejection("rate_limited", 429, { "retry-after": "2" }), good);
    await request();
    expect(device.waits).toEqual([2150]);
  });

  it("does not ask a server again that wants a longer pause than anybody would wait", async () => {
    const { request, device, sent } = start(() => rejection("rate_limited", 429, { "retry-after": "60" }));
    await expect(request()).rejects.toThrow();
    expect([sent.length, device.waits]).toEqual([1, []]);
  });

  it.each(["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-5"])("reads nothing into Retry-After: %s", async (value) => {
    const { request, device } = start(() => rejection("rate_limited", 429, { "retry-after": value }), good);
    await request();
    expect(device.waits[0]).toBeLessThanOrEqual(300);
  });

  it("tries no more when too much time has gone", async () => {
    const { request, device, sent } = start(async () => {
      device.pass(6_000);
      throw new DOMException("The operation timed out", "TimeoutError");
    });
    await expect(request()).rejects.toThrow("timed out");
    expect(sent).toHaveLength(2);
  });

  it("gives a request 15 seconds, less than the server's repeat window", async () => {
    vi.useFakeTimers();
    try {
      const { request, sent } = start(() => new Promise(() => undefined));
      const asked = request({ mayRetry: false }).catch(() => "failed");
      await vi.advanceTimersByTimeAsync(14_999);
      expect(sent[0]?.signal.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent[0]?.signal.aborted).toBe(true);
      void asked;
    } finally {
      vi.useRealTimers();
    }
  });

  it("tries once when the call can go without", async () => {
    const { request, sent } = start(offline);
    await expect(request({ mayRetry: false })).rejects.toThrow();
    expect(sent).toHaveLength(1);
  });

  it.each(["session_revoked", "refresh_token_missing", "validation_failed", "cross_site_request"])(
    "does not argue with %s",
    async (reason) => {
      const { request, sent } = start(() => rejection(reason, 401));
      expect(reasonOf(await request().catch((error: unknown) => error))).toBe(reason);
      expect(sent).toHaveLength(1);
    },
  );

  it("neither waits nor asks any more when the session has ended meanwhile", async () => {
    const { request, device, session, sent } = start(offline);
    device.onWait = async () => session.abort();
    await expect(request()).rejects.toThrow();
    expect([sent.length, sent[0]?.signal.aborted]).toEqual([1, false]);
  });

  it("fails with an error that a typed client knows, whatever was thrown", async () => {
    for (const thrown of ["a text", undefined, null, { message: 1 }]) {
      const { request } = start(() => Promise.reject(thrown));
      expect(await request().catch((error: unknown) => error)).toBeInstanceOf(TRPCClientError);
    }
  });
});

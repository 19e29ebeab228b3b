import { observable } from "@trpc/server/observable";
import { describe, expect, it } from "vitest";
import { AuthError, type AuthErrorReason } from "../../core/domain/errors.ts";
import { readEventStream } from "../../testing/event-stream.ts";
import { createFakeDelay } from "../../testing/fake-delay.ts";
import {
  ada,
  createTestAuth,
  fromTerminal,
  loginAda,
  registerAda,
  type TestAuthOptions,
  testIssuer,
} from "../../testing/test-auth.ts";
import type { Streaming } from "../context.ts";
import { createFetchHandler } from "../http/fetch-handler.ts";
import { protectedProcedure, publicProcedure, router } from "../init.ts";
import { createTokenCookies } from "../token-cookies.ts";
import { streamSettings } from "./stream-life.ts";

const second = 1000;

/** Subscriptions of every kind, and how many of their sources are at work. */
function createStreams() {
  const at = { work: 0, runs: 0 };
  async function* ticks(ctx: { streaming: Pick<Streaming, "delay">; signal: AbortSignal }) {
    at.work += 1;
    at.runs += 1;
    try {
      for (let tick = 0; !ctx.signal.aborted; tick += 1) {
        yield tick;
        await ctx.streaming.delay(10 * second, ctx.signal);
      }
    } finally {
      at.work -= 1;
    }
  }
  const streams = router({
    ticks: protectedProcedure.subscription(({ ctx }) => ticks(ctx)),
    ticksInBatch: protectedProcedure.query(({ ctx }) => ticks(ctx)),
    observed: protectedProcedure.subscription(
      () =>
        observable<number>((observer) => {
          at.work += 1;
          observer.next(0);
          return () => {
            at.work -= 1;
          };
        }) as unknown as AsyncIterable<number>,
    ),
    failing: publicProcedure.subscription(async function* () {
      yield 0;
      throw new AuthError("not_found");
    }),
  });
  return { streams, at };
}

async function start(options: TestAuthOptions = {}) {
  const test = createTestAuth(options);
  const time = createFakeDelay(test.clock);
  const { streams, at } = createStreams();
  const errors: unknown[] = [];
  const handle = createFetchHandler({
    router: streams,
    auth: test.auth,
    tokenCookies: createTokenCookies({ appUrl: testIssuer }),
    endpoint: "/api/trpc",
    appUrl: testIssuer,
    trustedProxyHops: 0,
    delay: time.delay,
    onError: ({ error }) => errors.push(error),
  });
  const first = await registerAda(test.auth);
  await test.auth.verify(first.accessToken); // a signature is checked in another thread, which no turn of the loop waits for
  const open = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
    const carried = new Headers({ authorization: `Bearer ${first.accessToken}`, ...headers });
    if (headers.authorization === "") carried.delete("authorization");
    const request = new Request(`${testIssuer}/api/trpc/${path}`, { headers: carried, ...init });
    const stream = readEventStream(await handle(request));
    stream.ended.catch(() => undefined);
    return stream;
  };
  return { ...test, time, at, errors, handle, first, open };
}

describe("a protected subscription", () => {
  it.each([
    ["no token", { authorization: "" }, 0, "access_token_missing"],
    ["a token that has run out", {}, 900, "access_token_expired"],
    ["nonsense", { authorization: "Bearer x" }, 0, "access_token_invalid"],
  ] as const)("with %s is refused inside the stream, because an EventSource reads no 401", async (...row) => {
    const [, headers, age, reason] = row;
    const { open, clock, at } = await start();
    clock.advance(age * second);
    const stream = await open("ticks", headers);
    await stream.ended;
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(stream.events.map(({ event }) => event)).toEqual(["connected", "serialized-error"]);
    expect(stream.events[1]?.data).toEqual({
      code: -32001,
      message: new AuthError(reason).message,
      data: { code: "UNAUTHORIZED", httpStatus: 401, path: "ticks", reason },
    });
    expect(at.runs).toBe(0);
  });

  it("of another site is rejected before it begins, and not inside a stream", async () => {
    const { open, at } = await start();
    for (const headers of [{ origin: "https://evil.test" }, { "sec-fetch-site": "cross-site" }]) {
      const { response } = await open("ticks", headers);
      expect([response.status, response.headers.get("content-type")]).toEqual([403, "application/json"]);
    }
    expect(at.runs).toBe(0);
  });

  it("is kept by no cache and by no proxy, and pings more often than its client grows impatient", async () => {
    const { open } = await start();
    const { response, events, leave } = await open("ticks");
    const cacheControl = response.headers.get("cache-control");
    expect(cacheControl).toContain("no-store");
    expect(cacheControl).toContain("no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    await expect.poll(() => events.length).toBeGreaterThan(0);
    const { pingMs, reconnectAfterInactivityMs } = streamSettings;
    expect(events[0]?.data).toEqual({ reconnectAfterInactivityMs });
    expect(pingMs).toBeLessThan(30 * second);
    expect(reconnectAfterInactivityMs).toBeGreaterThan(2 * pingMs);
    await leave();
  });

  it("goes on until its access token runs out, and says so then", async () => {
    const { open, time, at } = await start();
    const stream = await open("ticks");
    await time.pass(900 * second - 1);
    expect([stream.messages().length, stream.reason()]).toEqual([90, undefined]);
    await time.pass(streamSettings.recheckMs);
    expect(stream.reason()).toBe("access_token_expired");
    await stream.ended;
    expect([at.work, time.waiting]).toEqual([0, 0]);
  });

  type Test = Awaited<ReturnType<typeof start>>;
  it.each<[string, TestAuthOptions, (test: Test) => unknown, AuthErrorReason]>([
    ["its session is logged out", {}, ({ auth, first }) => auth.logout({ ...first }), "session_revoked"],
    [
      "its user is disabled",
      {},
      ({ auth, first }) => auth.admin.disable({ actor: null, userId: first.user.id }),
      "account_disabled",
    ],
    [
      "the password is changed elsewhere",
      {},
      async ({ auth }) => {
        const principal = await auth.verify((await loginAda(auth)).accessToken);
        await auth.changePassword({ principal, currentPassword: ada.password, newPassword: "another correct horse" });
      },
      "session_revoked",
    ],
    [
      "its refresh token is used twice",
      { retryWindowSeconds: 0, reissueWindowSeconds: 0 },
      async ({ auth, first, clock }) => {
        await auth.refresh({ ...first, delivery: "body" });
        clock.advance(1);
        await auth.refresh({ ...first, delivery: "body" }).catch(() => undefined);
      },
      "refresh_token_reused",
    ],
    ["its session idles out", { refreshIdleSeconds: 100 }, ({ time }) => time.pass(40 * second), "session_expired"],
  ])("ends within 500 ms when %s", async (_, options, end, reason) => {
    const test = await start(options);
    const stream = await test.open("ticks");
    await test.time.pass(60 * second);
    expect(stream.reason()).toBeUndefined();
    await end(test);
    await test.time.pass(500);
    expect(stream.reason()).toBe(reason);
    await stream.ended;
    expect([test.at.work, test.time.waiting, test.errors]).toEqual([0, 0, []]);
  });

  it("goes on through a refresh, which ends nothing", async () => {
    const { open, time, auth, first } = await start();
    const stream = await open("ticks");
    await auth.refresh({ ...first, delivery: "body" });
    await time.pass(60 * second);
    expect([stream.reason(), stream.messages().length]).toEqual([undefined, 7]);
    await stream.leave();
  });

  it("survives a store that is away for some seconds", async () => {
    const whole = createTestAuth();
    let away = false;
    const store = {
      ...whole.store,
      findSessionWithUser: async (id: string) => {
        if (away) throw new AuthError("temporarily_unavailable");
        return whole.store.findSessionWithUser(id);
      },
    };
    const { open, time } = await start({ store });
    const stream = await open("ticks");
    await time.pass(second);
    away = true;
    await time.pass(8 * second);
    away = false;
    await time.pass(60 * second);
    expect([stream.reason(), stream.messages().length]).toEqual([undefined, 7]);
    await stream.leave();
  });

  it.each(["the answer is left unread", "the request is aborted"])("leaves nothing behind when %s", async (how) => {
    const { open, time, at } = await start();
    const leaving = new AbortController();
    const stream = await open("ticks", {}, { signal: leaving.signal });
    await time.pass(second);
    expect([at.work, time.waiting]).toEqual([1, 2]);
    if (how === "the request is aborted") leaving.abort();
    else await stream.leave();
    await time.pass(0);
    expect([at.work, time.waiting]).toEqual([0, 0]);
  });

  it.each(["observed", "ticksInBatch?batch=1"])(
    "%s ends as well: a stream is a stream however it is made",
    async (path) => {
      const { auth, open, time, first, at } = await start();
      const stream = await open(path, { "trpc-accept": path.includes("batch") ? "application/jsonl" : "" });
      await time.pass(second);
      expect(at.work).toBe(1);
      await auth.logout({ ...first });
      await time.pass(500);
      await stream.ended;
      expect([at.work, time.waiting]).toEqual([0, 0]);
    },
  );

  it("is rejected for the time being when its user has too many, and counts no stream that has ended", async () => {
    const { open, time, auth } = await start();
    const streams = await Promise.all(Array.from({ length: streamSettings.perUser }, () => open("ticks")));
    await time.pass(second);
    const rejected = await open("ticks");
    await rejected.ended;
    expect(rejected.reason()).toBe("rate_limited");
    expect(rejected.events.at(-1)?.data).toMatchObject({ data: { httpStatus: 429, retryAfterSeconds: 5 } });
    const grace = await auth.register({ ...ada, username: "grace", email: "g@example.com", ...fromTerminal });
    const hers = await open("ticks", { authorization: `Bearer ${grace.accessToken}` });
    await streams[0]?.leave();
    const next = await open("ticks");
    await time.pass(second);
    for (const stream of [hers, next]) expect([stream.reason(), stream.messages().length]).toEqual([undefined, 1]);
    for (const stream of [...streams, hers, next]) await stream.leave();
  });
});

it("a subscription that fails half-way says why with the code that belongs to it", async () => {
  const { open, errors } = await start();
  const stream = await open("failing");
  await stream.ended;
  expect(stream.messages()).toEqual([0]);
  expect(stream.events.at(-1)?.data).toMatchObject({
    data: { code: "NOT_FOUND", httpStatus: 404, reason: "not_found" },
  });
  expect(errors).toEqual([]);
});

import { AuthError } from "@watchword/auth/core";
import {
  ada,
  createFakeDelay,
  createTestAuth,
  type EventStream,
  fromTerminal,
  loginAda,
  readEventStream,
  registerAda,
  type TestAuthOptions,
  testIssuer,
} from "@watchword/auth/testing";
import { createFetchHandler, createTokenCookies, router } from "@watchword/auth/trpc";
import { expect, it } from "vitest";
import type { Change, ChangeFeed } from "./change-feed.ts";
import { createLiveRouter, type LiveChange } from "./live.ts";

const second = 1000;

/** A feed in memory that keeps as many changes as it is told to. The one in SQLite is tested where it lives. */
function createMemoryFeed(kept = 200) {
  const all: Array<Change & { userId: string }> = [];
  const of = (userId: string) => all.filter((change) => change.userId === userId).slice(-kept);
  let reads = 0;
  let away = false;
  const reading = <T>(read: () => T) => {
    reads += 1;
    if (away) throw new AuthError("temporarily_unavailable");
    return read();
  };
  const feed: ChangeFeed = {
    newest: async (userId) => reading(() => of(userId).at(-1)?.seq ?? 0),
    changesAfter: async (userId, seq) =>
      reading(() => {
        const found = of(userId).filter((change) => change.seq > seq);
        return found.length < kept ? found : "forgotten";
      }),
  };
  return {
    feed,
    reads: () => reads,
    setAway(now: boolean) {
      away = now;
    },
    add(userId: string, subjectId: string, createdAt = 0) {
      all.push({ seq: all.length + 1, kind: "file_added", subjectId, createdAt, userId });
    },
  };
}

async function start({ kept, ...options }: TestAuthOptions & { kept?: number } = {}) {
  const lags: number[] = [];
  const test = createTestAuth(options);
  const time = createFakeDelay(test.clock);
  const memory = createMemoryFeed(kept);
  const handle = createFetchHandler({
    router: router({
      live: createLiveRouter({ feed: memory.feed, clock: test.clock, onDelivered: (lagMs) => lags.push(lagMs) }),
    }),
    auth: test.auth,
    tokenCookies: createTokenCookies({ appUrl: testIssuer }),
    endpoint: "/api/trpc",
    appUrl: testIssuer,
    trustedProxyHops: 0,
    delay: time.delay,
  });
  const first = await registerAda(test.auth);
  /** As an EventSource does it: what it was given last goes into a header when it comes again by itself. */
  const open = async (resume: { input?: unknown; header?: string; token?: string } = {}): Promise<EventStream> => {
    const input = resume.input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(resume.input))}`;
    const headers = new Headers({ authorization: `Bearer ${resume.token ?? first.accessToken}` });
    if (resume.header !== undefined) headers.set("last-event-id", resume.header);
    return readEventStream(await handle(new Request(`${testIssuer}/api/trpc/live.changes${input}`, { headers })));
  };
  return { ...test, ...memory, lags, time, first, userId: first.user.id, open };
}

const ids = (stream: EventStream) => stream.messages().map((data) => (data as LiveChange).id);

it("live.changes begins with everything, under the newest change's id, and goes on with each change", async () => {
  const { open, add, time, userId, clock } = await start();
  add(userId, "before");
  const stream = await open();
  await time.pass(0);
  expect(stream.events.slice(1)).toEqual([
    { event: "message", id: "1", data: { kind: "everything", id: null, at: new Date(clock.now()).toISOString() } },
  ]);
  add(userId, "one", Date.UTC(2026, 0, 2));
  add(userId, "two");
  await time.pass(300);
  expect(stream.events[2]).toEqual({
    event: "message",
    id: "2",
    data: { kind: "file_added", id: "one", at: "2026-01-02T00:00:00.000Z" },
  });
  add(userId, "three");
  await time.pass(300);
  expect([ids(stream), stream.lastEventId()]).toEqual([[null, "one", "two", "three"], "4"]);
  await stream.leave();
});

it("live.changes gives no other user's changes", async () => {
  const { open, add, time, auth, userId } = await start();
  const grace = await auth.register({ ...ada, username: "grace", email: "grace@example.com", ...fromTerminal });
  const [mine, hers] = [await open(), await open({ token: grace.accessToken })];
  await time.pass(0);
  add(userId, "mine");
  add(grace.user.id, "hers");
  await time.pass(300);
  expect([ids(mine), ids(hers)]).toEqual([
    [null, "mine"],
    [null, "hers"],
  ]);
  await Promise.all([mine.leave(), hers.leave()]);
});

it.each([
  ["in its input", (lastEventId: string) => ({ input: { lastEventId } })],
  ["in its header", (header: string) => ({ header })],
  ["in both, of which the header is the younger", (header: string) => ({ header, input: { lastEventId: "0" } })],
])("live.changes goes on after the id that it is given %s, with no everything", async (_, resume) => {
  const { open, add, time, userId } = await start();
  for (const id of ["one", "two", "three"]) add(userId, id);
  const stream = await open(resume("2"));
  await time.pass(0);
  expect(ids(stream)).toEqual(["three"]);
  await stream.leave();
});

it.each([
  ["is older than what is kept", "1"],
  ["this database has not come to (a restored backup)", "99"],
  ["is none of ours", "x"],
  ["is a number and none of ours", "-1"],
  ["is not a whole one", "1e3"],
])("live.changes begins with everything when the id %s", async (_, lastEventId) => {
  const { open, add, time, userId } = await start({ kept: 3 });
  for (const id of ["one", "two", "three", "four", "five", "six"]) add(userId, id);
  const stream = await open({ input: { lastEventId } });
  await time.pass(300);
  expect([ids(stream), stream.lastEventId()]).toEqual([[null], "6"]);
  add(userId, "seven");
  await time.pass(300);
  expect(ids(stream)).toEqual([null, "seven"]);
  await stream.leave();
});

it("live.changes sends everything again when more happened between two reads than is kept", async () => {
  const { open, add, time, userId } = await start({ kept: 3 });
  const stream = await open();
  await time.pass(0);
  for (const id of ["one", "two", "three", "four"]) add(userId, id);
  await time.pass(300);
  add(userId, "five");
  await time.pass(300);
  expect([ids(stream), stream.lastEventId()]).toEqual([[null, null, "five"], "5"]);
  await stream.leave();
});

it("live.changes loses nothing that happens while everything is on its way", async () => {
  const { open, add, time, userId, feed } = await start();
  const { newest } = feed;
  feed.newest = async (id) => {
    const seq = await newest(id);
    add(userId, "meanwhile");
    feed.newest = newest;
    return seq;
  };
  const stream = await open();
  await time.pass(300);
  expect([ids(stream), stream.lastEventId()]).toEqual([[null, "meanwhile"], "1"]);
  await stream.leave();
});

it("live.changes reads the feed about three times a second, and not at all once its reader has left", async () => {
  const { open, time, reads } = await start();
  const stream = await open();
  await time.pass(0);
  const before = reads();
  await time.pass(60 * second);
  expect(reads() - before).toBe(200);
  await stream.leave();
  await time.pass(10 * second);
  expect([reads() - before, time.waiting]).toEqual([200, 0]);
});

it("live.changes survives a store that is away, also at its start, and loses nothing by it", async () => {
  const { open, add, time, userId, setAway } = await start();
  setAway(true);
  const stream = await open();
  await time.pass(5 * second);
  expect(ids(stream)).toEqual([]);
  setAway(false);
  await time.pass(300);
  setAway(true);
  add(userId, "one");
  await time.pass(5 * second);
  setAway(false);
  await time.pass(300);
  expect([ids(stream), stream.reason()]).toEqual([[null, "one"], undefined]);
  await stream.leave();
});

it("live.changes across expiry after expiry loses no change and gives none twice", async () => {
  const { open, add, time, auth, first, userId } = await start({ accessTokenTtlSeconds: 60 });
  let tokens = { accessToken: first.accessToken, refreshToken: first.refreshToken };
  let lastEventId: string | undefined;
  const read: Array<string | null> = [];
  let added = 0;
  for (let life = 0; life < 5; life += 1) {
    const resume = lastEventId === undefined ? {} : { input: { lastEventId } };
    const stream = await open({ ...resume, token: tokens.accessToken });
    for (let step = 0; step < 70 && stream.reason() === undefined; step += 1) {
      add(userId, `change ${added}`);
      added += 1;
      await time.pass(second - 1); // so that changes fall before, between and after the looks and the end
    }
    expect(stream.reason()).toBe("access_token_expired");
    await stream.ended;
    read.push(...ids(stream));
    lastEventId = stream.lastEventId();
    add(userId, `change ${added}`);
    added += 1;
    tokens = await auth.refresh({ refreshToken: tokens.refreshToken, delivery: "body" });
  }
  const last = await open({ header: lastEventId ?? "", token: tokens.accessToken });
  await time.pass(300);
  read.push(...ids(last));
  await last.leave();
  expect(added).toBeGreaterThan(300);
  // What came before the first look is what "everything" stands for.
  expect(read).toEqual([null, ...Array.from({ length: added - 1 }, (_, n) => `change ${n + 1}`)]);
});

it("live.changes gives nothing more once the session has ended, and says why", async () => {
  const { open, add, time, auth, first, userId } = await start();
  const other = await loginAda(auth);
  const [gone, kept] = [await open(), await open({ token: other.accessToken })];
  await time.pass(second);
  await auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
  add(userId, "after");
  await time.pass(500);
  expect([ids(gone), gone.reason()]).toEqual([[null], "session_revoked"]);
  expect([ids(kept), kept.reason()]).toEqual([[null, "after"], undefined]);
  await kept.leave();
});

it("live.changes says how long a change took to reach a stream that waited, and not how long a reader was away", async () => {
  const { open, add, time, userId, clock, lags } = await start();
  const away = await open();
  await time.pass(0);
  const lastEventId = away.lastEventId();
  await away.leave();
  add(userId, "while nobody read", clock.now());
  await time.pass(10 * second);
  const stream = await open({ input: { lastEventId } });
  await time.pass(second); // it looks at 0, 300, 600 and 900 ms
  expect([ids(stream), lags]).toEqual([["while nobody read"], []]);
  await time.pass(150);
  add(userId, "while somebody waits", clock.now());
  await time.pass(300);
  expect(ids(stream)).toEqual(["while nobody read", "while somebody waits"]);
  expect(lags).toEqual([50]);
  await stream.leave();
});

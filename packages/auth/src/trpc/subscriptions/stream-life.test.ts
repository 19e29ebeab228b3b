import { describe, expect, it } from "vitest";
import { AuthError } from "../../core/domain/errors.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createFakeDelay } from "../../testing/fake-delay.ts";
import { delayByTimer, endWithSession, streamSettings } from "./stream-life.ts";

const { recheckMs, failedRechecks } = streamSettings;

/** A source that gives what it is told to, and says what became of it. */
function createSource() {
  const events: number[] = [];
  let wake = () => {};
  const source = {
    finished: false,
    push(event: number) {
      events.push(event);
      wake();
    },
  };
  async function* iterate(signal: AbortSignal) {
    signal.addEventListener("abort", () => wake());
    try {
      while (!signal.aborted) {
        for (let event = events.shift(); event !== undefined; event = events.shift()) yield event;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      source.finished = true;
    }
  }
  return { source, iterate };
}

/** A stream under a session whose end the test decides, and what was read from it, unless the test reads by itself. */
function start(recheck: () => Promise<void>, { read: reads = true } = {}) {
  const time = createFakeDelay(createFakeClock());
  const { source, iterate } = createSource();
  const over = new AbortController();
  const places = { taken: 0 };
  const enter = () => {
    places.taken += 1;
    return () => {
      places.taken -= 1;
    };
  };
  const stream = endWithSession(iterate(over.signal), { enter, recheck, delay: time.delay, over });
  const read: Array<number | string> = [];
  if (reads) void readAll(stream, read);
  return { time, source, over, places, stream, read };
}

/** Ends what was read with how it ended. */
async function readAll(stream: AsyncIterable<number>, read: Array<number | string>): Promise<void> {
  try {
    for await (const event of stream) read.push(event);
    read.push("done");
  } catch (error) {
    read.push(error instanceof AuthError ? error.reason : String(error));
  }
}

const lives = async () => {};

describe("endWithSession()", () => {
  it("passes events on in order for as long as the session lives", async () => {
    const { time, source, read } = start(lives);
    for (let event = 0; event < 20; event += 1) {
      source.push(event);
      if (event % 3 === 0) await time.pass(recheckMs);
    }
    await time.pass(60_000);
    expect(read).toEqual(Array.from({ length: 20 }, (_, event) => event));
  });

  it.each(["access_token_expired", "session_revoked", "session_expired", "account_disabled"] as const)(
    "ends with %s within half of 500 ms, though nothing comes",
    async (reason) => {
      let end: AuthError | undefined;
      const { time, read, source, places } = start(async () => {
        if (end) throw end;
      });
      await time.pass(10_100);
      end = new AuthError(reason);
      await time.pass(recheckMs);
      expect(read).toEqual([reason]);
      expect([source.finished, time.waiting, places.taken]).toEqual([true, 0, 0]);
    },
  );

  it("passes on no event of a session that has ended, also when it comes before the next check", async () => {
    let ended = false;
    const { time, read, source } = start(async () => {
      if (ended) throw new AuthError("session_revoked");
    });
    source.push(1);
    await time.pass(0);
    ended = true;
    source.push(2);
    await time.pass(0);
    expect(read).toEqual([1, "session_revoked"]);
  });

  it("goes on while the store cannot be asked, and ends when that lasts", async () => {
    let broken = false;
    const { time, read, source } = start(async () => {
      if (broken) throw new AuthError("temporarily_unavailable");
    });
    for (let outage = 0; outage < 3; outage += 1) {
      broken = true;
      await time.pass(recheckMs * (failedRechecks - 1));
      broken = false;
      await time.pass(recheckMs);
    }
    source.push(1);
    await time.pass(0);
    expect(read).toEqual([1]);
    broken = true;
    await time.pass(recheckMs * failedRechecks);
    expect(read).toEqual([1]);
    await time.pass(recheckMs);
    expect(read).toEqual([1, "temporarily_unavailable"]);
  });

  it("ends at once with an internal error, which no retry can cure", async () => {
    const { time, read, places } = start(() => Promise.reject(new TypeError("a bug")));
    await time.pass(recheckMs);
    expect([read, places.taken]).toEqual([["TypeError: a bug"], 0]);
  });

  it("leaves nothing behind when the caller leaves: no wait, no place, and the source has finished", async () => {
    const { time, read, source, places, over } = start(lives);
    await time.pass(1_000);
    expect([time.waiting, places.taken]).toEqual([1, 1]);
    over.abort();
    await time.pass(0);
    expect(read).toEqual(["done"]);
    expect([time.waiting, places.taken, source.finished]).toEqual([0, 0, true]);
  });

  it("leaves nothing behind when the reader stops, or lets it lie until the session ends", async () => {
    let ended = false;
    const recheck = async () => {
      if (ended) throw new AuthError("session_revoked");
    };
    const stopped = start(recheck);
    stopped.source.push(1);
    await stopped.time.pass(0);
    const leaving = stopped.stream.return();
    stopped.over.abort();
    await leaving;
    expect([stopped.time.waiting, stopped.places.taken, stopped.source.finished]).toEqual([0, 0, true]);

    const lying = start(recheck, { read: false });
    lying.source.push(1);
    expect(await lying.stream.next()).toEqual({ done: false, value: 1 });
    await lying.time.pass(0);
    expect([lying.time.waiting, lying.places.taken]).toEqual([1, 1]);
    ended = true;
    await lying.time.pass(recheckMs);
    expect([lying.time.waiting, lying.places.taken, lying.over.signal.aborted]).toEqual([0, 0, true]);
    await expect(lying.stream.next()).rejects.toMatchObject({ reason: "session_revoked" });
  });

  it("finishes a source that knows no signal, when the reader stops and when the session ends", async () => {
    let ended = false;
    const recheck = async () => {
      if (ended) throw new AuthError("session_revoked");
    };
    const finished: string[] = [];
    async function* deaf(name: string) {
      try {
        for (let event = 0; ; event += 1) yield event;
      } finally {
        finished.push(name);
      }
    }
    const time = createFakeDelay(createFakeClock());
    const life = () => ({ enter: () => () => {}, recheck, delay: time.delay, over: new AbortController() });
    for await (const event of endWithSession(deaf("stopped"), life())) if (event === 3) break;
    const stream = endWithSession(deaf("ended"), life());
    await stream.next();
    ended = true;
    await expect(stream.next()).rejects.toMatchObject({ reason: "session_revoked" });
    await time.pass(0);
    expect(finished).toEqual(["stopped", "ended"]);
  });

  it("finishes with its source, and fails with it, and leaves nothing behind", async () => {
    const time = createFakeDelay(createFakeClock());
    const life = () => ({ enter: () => () => {}, recheck: lives, delay: time.delay, over: new AbortController() });
    async function* short(fails: boolean) {
      yield 1;
      if (fails) throw new RangeError("the source failed");
    }
    const read: Array<number | string> = [];
    await readAll(endWithSession(short(false), life()), read);
    await readAll(endWithSession(short(true), life()), read);
    expect(read).toEqual([1, "done", 1, "RangeError: the source failed"]);
    expect(time.waiting).toBe(0);
  });

  it("keeps no listener for each event that passed", async () => {
    const over = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = over.signal;
    over.signal.addEventListener = ((...given: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(over.signal, given);
    }) as typeof addEventListener;
    over.signal.removeEventListener = ((...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(over.signal, given);
    }) as typeof removeEventListener;
    async function* many() {
      for (let event = 0; event < 1_000; event += 1) yield event;
    }
    const delay = () => new Promise<void>(() => {});
    for await (const event of endWithSession(many(), { enter: () => () => {}, recheck: lives, delay, over })) {
      if (event > 10) expect(listeners).toBeLessThan(5);
    }
  });
});

it("waitByTimer() ends at once when its signal aborts, also one that had aborted before", async () => {
  const over = new AbortController();
  const hour = 3_600_000;
  const waiting = delayByTimer(hour, over.signal);
  over.abort();
  await waiting;
  await delayByTimer(hour, over.signal);
  await delayByTimer(1, new AbortController().signal);
});

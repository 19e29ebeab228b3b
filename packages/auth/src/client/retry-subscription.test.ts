import { describe, expect, it } from "vitest";
import { createHold } from "../../test/hold.ts";
import { type StartedStream, startStream } from "../../test/test-stream.ts";

const second = 1000;

/** A connection that stood for as long as a token lives, then ends with it. */
function expireLater(stream: StartedStream): void {
  stream.device.pass(901 * second);
  stream.expire();
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe("a subscription when the access token runs out", () => {
  it("goes on from the last event, with none lost and none doubled, as often as it happens", async () => {
    const stream = await startStream();
    stream.log.append(3);
    await stream.reached(3);
    for (let round = 1; round <= 5; round += 1) {
      expireLater(stream);
      stream.log.append(2); // while nobody is connected
      await stream.reached(3 + round * 2);
    }
    expect(stream.got).toEqual(upTo(13));
    expect(stream.log.resumedFrom).toEqual([null, "3", "5", "7", "9", "11"]);
    expect(stream.wire.count("auth.refresh")).toBe(5);
    expect([stream.over, stream.ended, stream.device.waits]).toEqual([[], [], []]);
  });

  it("keeps its input, and tells of the states of its connection", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    const urls: string[] = [];
    stream.wire.between = (request, send) => {
      urls.push(new URL(request.url).searchParams.get("input") ?? "");
      return send();
    };
    expireLater(stream);
    stream.log.append();
    await stream.reached(2);
    expect(JSON.parse(urls.at(-1) ?? "")).toEqual({ topic: "all", lastEventId: "1" });
    expect(stream.states).toEqual(["connecting", "pending", "connecting", "pending"]);
  });

  it("waits for a refresh that fails for now, and goes on when it is over", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    stream.wire.between = (request, send) =>
      request.url.includes("auth.refresh") && stream.wire.count("auth.refresh") <= 9
        ? Promise.reject(new TypeError("offline"))
        : send();
    expireLater(stream);
    stream.log.append();
    await stream.reached(2);
    expect([stream.got, stream.over, stream.ended]).toEqual([[1, 2], [], []]);
  });

  it("does not go round in circles with a server that keeps saying so", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    stream.device.pass(901 * second);
    stream.wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("auth.refresh")) stream.clock.advance(901 * second);
      if (stream.wire.count("live.numbers") === 8) stream.unsubscribe();
      return response;
    };
    stream.expire();
    await expect.poll(() => stream.wire.count("live.numbers")).toBe(8);
    // The first is cured at once, and each one after it waits longer than the last.
    const { waits } = stream.device;
    expect(waits.length).toBeGreaterThanOrEqual(5);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBeGreaterThanOrEqual(500);
  });

  it("is dropped when nobody listens any more by the time of the new pair", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    const hold = createHold();
    const held = hold.next("auth.refresh");
    stream.wire.between = async (request, send) => {
      if (request.url.includes("auth.refresh")) await hold.pause("auth.refresh");
      return send();
    };
    expireLater(stream);
    await held.reached;
    stream.unsubscribe();
    const refreshed = stream.session.refresh();
    held.release();
    await refreshed;
    expect(stream.wire.count("live.numbers")).toBe(1);
  });

  it("completes at once when its signal is aborted in between", async () => {
    const gone = new AbortController();
    const stream = await startStream({ signal: gone.signal });
    stream.log.append();
    await stream.reached(1);
    const hold = createHold();
    const held = hold.next("auth.refresh");
    stream.wire.between = async (request, send) => {
      if (request.url.includes("auth.refresh")) await hold.pause("auth.refresh");
      return send();
    };
    expireLater(stream);
    await held.reached;
    gone.abort();
    await stream.finished();
    held.release();
    expect([stream.over, stream.wire.count("live.numbers")]).toEqual([["complete"], 1]);
  });
});

describe("a subscription whose connection dies without a word", () => {
  it("is tried again at growing intervals, a handful of times in a minute, and goes on from the last event", async () => {
    const stream = await startStream();
    stream.log.append(2);
    await stream.reached(2);
    let reject = true;
    stream.wire.between = async (request, send) =>
      reject && request.url.includes("live.numbers") ? new Response("Bad gateway", { status: 502 }) : send();
    stream.device.onWait = async (ms) => {
      stream.device.pass(ms);
      if (stream.device.waits.length === 9) reject = false;
    };
    stream.sources.cut();
    stream.log.append();
    await stream.reached(3);
    expect([stream.got, stream.over, stream.ended, stream.wire.count("auth.refresh")]).toEqual([[1, 2, 3], [], [], 0]);
    const { waits } = stream.device;
    expect(waits).toEqual([1, 1.5, 2.5, 4.5, 8.5, 15.5, 15.5, 15.5, 15.5].map((seconds) => seconds * second));
  });

  it("begins with short intervals again when a connection has stood for a while", async () => {
    const stream = await startStream();
    for (let round = 1; round <= 4; round += 1) {
      stream.log.append();
      await stream.reached(round);
      stream.device.pass(61 * second);
      stream.sources.cut();
    }
    await expect.poll(() => stream.sources.made).toBe(5);
    expect(stream.device.waits).toEqual([1000, 1000, 1000, 1000]);
  });

  it("stops trying when nobody listens any more", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    stream.device.onWait = async () => stream.unsubscribe();
    stream.sources.cut();
    await expect.poll(() => stream.device.waits).toHaveLength(1);
    expect(stream.sources.made).toBe(1);
  });
});

describe("a subscription when the session is over", () => {
  it.each(["session_revoked", "session_expired", "account_disabled"] as const)(
    "ends with %s, told once",
    async (reason) => {
      const stream = await startStream();
      stream.log.append();
      await stream.reached(1);
      stream.log.end(reason);
      await stream.finished();
      expect([stream.over, stream.ended, await stream.session.exists()]).toEqual([[reason], [reason], false]);
    },
  );

  it("goes on from the last event when the same user has logged in again", async () => {
    const stream = await startStream({
      async onEnded({ renewLogin }) {
        await renewLogin();
        return true;
      },
    });
    stream.log.append();
    await stream.reached(1);
    stream.log.end("session_revoked");
    stream.log.append();
    await stream.reached(2);
    expect([stream.got, stream.over, stream.ended]).toEqual([[1, 2], [], ["session_revoked"]]);
    expect(stream.log.resumedFrom).toEqual([null, "1"]);
  });

  it("ends when the program asks for what is not there: time heals no mistake", async () => {
    const stream = await startStream();
    stream.log.append();
    await stream.reached(1);
    stream.log.end("forbidden");
    await stream.finished();
    expect([stream.over, stream.ended, stream.device.waits]).toEqual([["forbidden"], [], []]);
  });

  it("ends when the program itself is at fault, instead of trying for ever in silence", async () => {
    const stream = await startStream({ hasEventSource: false });
    await stream.finished();
    expect([stream.over, stream.device.waits]).toEqual([["lost"], []]);
  });
});

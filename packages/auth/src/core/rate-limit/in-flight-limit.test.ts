import { describe, expect, it } from "vitest";
import { reasonOf } from "../../testing/test-auth.ts";
import { createInFlightLimit } from "./in-flight-limit.ts";

/** Work that ends when it is told to. */
function createWork(limitInFlight: ReturnType<typeof createInFlightLimit>) {
  const ends: Array<() => void> = [];
  const begin = (ipAddress: string | null) =>
    reasonOf(limitInFlight(ipAddress, () => new Promise<void>((resolve) => ends.push(resolve))));
  return { begin, ends };
}

describe("createFairShare()", () => {
  it("lets so many from one place run at once, and another only when one of them is done", async () => {
    const { begin, ends } = createWork(createInFlightLimit(2));
    const [first, second] = [begin("192.0.2.1"), begin("192.0.2.1")];
    expect(await begin("192.0.2.1")).toBe("temporarily_unavailable");
    ends[0]?.();
    expect(await first).toBe("ok");
    const third = begin("192.0.2.1");
    expect(await begin("192.0.2.1")).toBe("temporarily_unavailable");
    for (const end of ends) end();
    expect(await Promise.all([second, third])).toEqual(["ok", "ok"]);
    const again = [begin("192.0.2.1"), begin("192.0.2.1")];
    for (const end of ends) end();
    expect(await Promise.all(again)).toEqual(["ok", "ok"]);
  });

  it("lets a /56 and a /48 have two and three times as much, and not 256 and 65,536 times (P12)", async () => {
    const { begin, ends } = createWork(createInFlightLimit(2));
    const outcomes = [];
    const many = Array.from({ length: 16 }, (_, index) => index.toString(16));
    for (const one of many) outcomes.push(begin(`2001:db8:1:ab0${one}::1`));
    for (const one of many) outcomes.push(begin(`2001:db8:1:${one}000::1`));
    await Promise.resolve();
    expect(ends).toHaveLength(6);
    const elsewhere = begin("2001:db8:2::1");
    for (const end of ends) end();
    expect(await elsewhere).toBe("ok");
    expect((await Promise.all(outcomes)).filter((outcome) => outcome === "ok")).toHaveLength(6);
    const again = begin("2001:db8:1:ab00::1");
    ends.at(-1)?.();
    expect(await again).toBe("ok");
  });

  it("counts what failed as done too", async () => {
    const limitInFlight = createInFlightLimit(1);
    const fail = () => limitInFlight("192.0.2.1", () => Promise.reject(new Error("broken")));
    await expect(fail()).rejects.toThrow("broken");
    await expect(fail()).rejects.toThrow("broken");
  });

  it("gives this machine a share like any other address", async () => {
    const { begin, ends } = createWork(createInFlightLimit(1));
    const calls = [begin("127.0.0.1"), begin("127.0.0.1")];
    for (const end of ends) end();
    expect(await Promise.all(calls)).toEqual(["ok", "temporarily_unavailable"]);
  });

  it("holds back no call whose address is not known", async () => {
    const { begin, ends } = createWork(createInFlightLimit(1));
    const calls = [begin(null), begin(null), begin(null)];
    for (const end of ends) end();
    expect(await Promise.all(calls)).toEqual(["ok", "ok", "ok"]);
  });
});

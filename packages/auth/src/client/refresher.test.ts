import { describe, expect, it } from "vitest";
import { createTestLocks } from "../../test/test-browser.ts";
import { createTestDevice } from "../../test/test-device.ts";
import { createRefresher, type Lock, withLock } from "./refresher.ts";

/** A device on which a wait goes on until `tire` is called, or it is given up. */
function start() {
  const device = createTestDevice();
  let tire = () => {};
  device.onWait = (_, signal) =>
    new Promise((resolve, reject) => {
      tire = resolve;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const locks = createTestLocks();
  const lock: Lock = (work, signal) => locks.request("a", { signal }, work);
  let runs = 0;
  const work = async () => {
    runs += 1;
    return runs;
  };
  return { device, locks, lock, work, runs: () => runs, tire: () => tire() };
}

describe("withLock()", () => {
  it("runs one after the other", async () => {
    const { device, lock } = start();
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    };
    await Promise.all(["one", "two", "three"].map((name) => withLock(lock, work(name), device.timing)));
    expect(order).toEqual(["one", "two", "three"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("goes on without its turn when that does not come within 5 seconds, and gives up its place", async () => {
    const { device, locks, lock, work, runs, tire } = start();
    const letGo = locks.hold("a");
    const done = withLock(lock, work, device.timing);
    expect(device.waits).toEqual([5000]);
    tire();
    expect(await done).toBe(1);
    letGo();
    expect(await withLock(lock, work, device.timing)).toBe(2);
    expect(runs()).toBe(2);
  });

  it("runs once when the turn comes after all", async () => {
    const { device, work, runs, tire } = start();
    let come = () => {};
    const late: Lock = async (inTurn) => {
      await new Promise<void>((resolve) => {
        come = resolve;
      });
      return inTurn();
    };
    const done = withLock(late, work, device.timing);
    tire();
    expect(await done).toBe(1);
    come();
    await Promise.resolve();
    expect(runs()).toBe(1);
  });

  it.each<[string, Lock | undefined]>([
    ["there is none", undefined],
    [
      "it throws",
      () => {
        throw new DOMException("Not in this frame", "SecurityError");
      },
    ],
    ["it fails", () => Promise.reject(new Error("no"))],
    ["it comes back without having run anything", async () => undefined as never],
  ])("goes on without the lock when %s", async (_, lock) => {
    const { device, work, runs } = start();
    expect(await withLock(lock, work, device.timing)).toBe(1);
    expect(runs()).toBe(1);
  });

  it("is over when its lock is free again: a program that ends then leaves none behind", async () => {
    const { device, lock, work } = start();
    let isFree = false;
    const slow: Lock = async (inTurn, signal) => {
      const result = await lock(inTurn, signal);
      for (let ticks = 0; ticks < 10; ticks += 1) await Promise.resolve();
      isFree = true;
      return result;
    };
    expect([await withLock(slow, work, device.timing), isFree]).toEqual([1, true]);
  });

  it("lets the failure of the work through, and does not run it again", async () => {
    const { device, lock } = start();
    let runs = 0;
    const failing = async () => {
      runs += 1;
      throw new Error("offline");
    };
    await expect(withLock(lock, failing, device.timing)).rejects.toThrow("offline");
    expect(runs).toBe(1);
  });
});

describe("createRefresher()", () => {
  function refresher() {
    const { device } = start();
    let finished = 0;
    const one = createRefresher(undefined, device.timing, () => {
      finished += 1;
    });
    return { run: (work: () => Promise<void>) => one.run(work, () => true), finished: () => finished };
  }

  it("runs once for all who ask meanwhile, and again for a call afterwards", async () => {
    const { run, finished } = refresher();
    let runs = 0;
    const work = async () => {
      runs += 1;
      await Promise.resolve();
    };
    await Promise.all([run(work), run(work), run(work)]);
    expect([runs, finished()]).toEqual([1, 1]);
    await run(work);
    expect([runs, finished()]).toEqual([2, 2]);
  });

  it("rejects for all who wait when the refresh fails, and keeps nothing of it (R17)", async () => {
    const { run, finished } = refresher();
    let runs = 0;
    const work = async () => {
      runs += 1;
      if (runs === 1) throw new Error("no");
    };
    const outcomes = await Promise.allSettled([run(work), run(work)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await run(work);
    expect([runs, finished()]).toEqual([2, 2]);
  });
});

import { describe, expect, it } from "vitest";
import { resolveSettings } from "../domain/settings.ts";
import type { KeyTimes } from "../ports/key-store.ts";
import { isTrusted, keyScheduleOf, keyStateAt, keyTimes, nextKeyTimes, signingKeyAt } from "./key-schedule.ts";

const schedule = { signsForMs: 1_000, aheadMs: 100, overlapMs: 50, rememberedMs: 500 };
const keyFrom = (signsFrom: number, fields: Partial<KeyTimes> = {}): KeyTimes => ({
  seq: 1,
  ...keyTimes(signsFrom, signsFrom, schedule),
  ...fields,
});
const one = keyFrom(0);
const two = keyFrom(1_000, { seq: 2 });

describe("signingKeyAt()", () => {
  it.each<[string, KeyTimes[], number, number | undefined]>([
    ["none", [], 0, undefined],
    ["the first instant", [one], 0, 1],
    ["the last instant", [one], 999, 1],
    ["the instant after", [one], 1_000, undefined],
    ["the next one is not used before its time", [one, two], 999, 1],
    ["the next one takes over on the instant", [one, two], 1_000, 2],
    ["the newest of several", [one, keyFrom(500, { seq: 2 })], 600, 2],
    ["a revoked one signs nothing", [one, keyFrom(0, { seq: 2, revokedAt: 5 })], 600, 1],
    ["a clock that was put back goes on with what is there", [keyFrom(1_000, { seq: 2 }), keyFrom(900)], 10, 1],
  ])("%s", (_, keys, now, seq) => expect(signingKeyAt(keys, now)?.seq).toBe(seq));
});

describe("nextKeyTimes()", () => {
  it.each<[string, KeyTimes[], number, number | undefined]>([
    ["no key: at once", [], 7, 7],
    ["long before the end: nothing to do", [one], 899, undefined],
    ["shortly before the end: from the end on", [one], 900, 1_000],
    ["one is ready: nothing to do", [one, two], 950, undefined],
    ["nobody was there when it ended: at once", [one], 5_000, 5_000],
    ["a key of the future, or of a longer setting: at once", [keyFrom(60_101)], 0, 0],
    ["a clock that is a little behind another server's: nothing to do", [keyFrom(60_100)], 0, undefined],
    ["beside one of the future: as if that were not there", [keyFrom(99_000), keyFrom(0, { seq: 2 })], 950, 1_000],
    ["all are revoked: at once", [keyFrom(0, { revokedAt: 1 })], 5, 5],
  ])("%s", (_, keys, now, signsFrom) => {
    expect(nextKeyTimes(keys, now, schedule)?.signsFrom).toBe(signsFrom);
  });

  it("leaves no instant without a key to sign with, and none with a token whose key is gone", () => {
    let keys: KeyTimes[] = [];
    for (let now = 0; now < 10_000; now += 10) {
      const times = nextKeyTimes(keys, now, schedule);
      if (times) keys = [...keys, { seq: keys.length + 1, ...times }];
      const signer = signingKeyAt(keys, now);
      expect(signer && signer.verifiesUntil - now).toBeGreaterThanOrEqual(schedule.overlapMs);
    }
    expect(keys).toHaveLength(11); // the eleventh is ready for the instant 10,000
  });
});

it("a key of the future signs nothing once there is one of now, and makes no other be generated again and again (T07)", () => {
  const future = keyFrom(99_000);
  const next = nextKeyTimes([future], 0, schedule);
  const keys = next ? [future, { seq: 2, ...next }] : [];
  expect(signingKeyAt(keys, 0)?.seq).toBe(2);
  expect(nextKeyTimes(keys, 1, schedule)).toBeUndefined();
});

it("a key is trusted until its last token has expired, and not at all once it was revoked", () => {
  expect([0, 1_049, 1_050].map((now) => isTrusted(one, now))).toEqual([true, true, false]);
  expect(isTrusted({ ...one, revokedAt: 5 }, 0)).toBe(false);
});

it("says of each key what it is good for", () => {
  const revoked = keyFrom(0, { seq: 0, revokedAt: 5 });
  const states = (now: number) => [revoked, one, two].map((key) => keyStateAt(key, [revoked, one, two], now));
  expect(states(950)).toEqual(["revoked", "signing", "next"]);
  expect(states(1_020)).toEqual(["revoked", "verifying", "signing"]);
  expect(states(1_050)).toEqual(["revoked", "retired", "signing"]);
  expect(keyStateAt(one, [one], 1_020)).toBe("verifying"); // nothing signs
  const replaced = keyFrom(1_000);
  expect(keyStateAt(replaced, [replaced, two], 1_000)).toBe("verifying"); // two begin at once, and the newer one signs
});

it("a key verifies for the life of a token and what clocks may differ by, after it signed the last one (K01)", () => {
  expect(keyScheduleOf(resolveSettings({ accessTokenTtlSeconds: 900 }))).toEqual({
    signsForMs: 90 * 86_400_000,
    aheadMs: 86_400_000,
    overlapMs: 960_000,
    rememberedMs: 7 * 86_400_000,
  });
});

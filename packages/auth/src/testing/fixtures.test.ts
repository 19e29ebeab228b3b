import { expect, it } from "vitest";
import { createFakeClock, testStart } from "./fake-clock.ts";
import { aNewUser, seededRandomBytes } from "./fixtures.ts";

it("seededRandomBytes() repeats itself for one seed, and differs for another", () => {
  const [one, same, other] = [seededRandomBytes(1), seededRandomBytes(1), seededRandomBytes(2)];
  const lengths = [16, 32, 1, 100, 0, 33];
  const drawn = lengths.map((bytes) => one(bytes));
  expect(drawn.map((bytes) => bytes.length)).toEqual(lengths);
  expect(lengths.map((bytes) => same(bytes))).toEqual(drawn);
  expect(other(16)).not.toEqual(drawn[0]);
  expect(one(32)).not.toEqual(one(32));
});

it("aNewUser() makes another user at each call, with keys that follow the name", () => {
  const [first, second] = [aNewUser(), aNewUser({ username: "GRACE", email: "Grace@Navy.MIL" })];
  expect(first.id).not.toBe(second.id);
  expect(second).toMatchObject({ usernameKey: "grace", emailKey: "grace@navy.mil" });
});

it("createFakeClock() stands still until it is moved, forwards or backwards", () => {
  const clock = createFakeClock();
  expect([clock.now(), clock.now()]).toEqual([testStart, testStart]);
  clock.advance(5);
  expect(clock.now()).toBe(testStart + 5);
  clock.advance(-6);
  expect(clock.now()).toBe(testStart - 1);
  clock.set(42);
  expect(clock.now()).toBe(42);
});

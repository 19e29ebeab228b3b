import { expect, it } from "vitest";
import type { DevEvent } from "./dev-event.ts";
import { meaningOf, sourceOf, titleOf } from "./wording.ts";

const event: DevEvent = {
  seq: 1,
  at: 0,
  kind: "rotated",
  session: "1b55e6",
  generation: 3,
  by: "a3f",
  delivery: "cookie",
  tookMs: 12.34,
  why: null,
};

it("a happening is said in a word, and what it means in a line", () => {
  expect([titleOf(event), meaningOf(event)]).toEqual(["Rotated", "Generation 3 is in use"]);
  const rejected: DevEvent = { ...event, kind: "refused", why: "session_expired" };
  expect([titleOf(rejected), meaningOf(rejected)]).toEqual(["Rejected", "The session had expired"]);
});

it("sourceOf() says who it was, by which way when it was not a cookie, and how long it took", () => {
  expect(sourceOf(event)).toBe("tab a3f, 12 ms");
  expect(sourceOf({ ...event, by: "program", delivery: "body", tookMs: 1.26 })).toBe("program, body, 1.3 ms");
  expect(sourceOf({ ...event, by: "page", delivery: null, tookMs: null })).toBe("page load");
  expect(sourceOf({ ...event, by: "copy" })).toBe("a copy, 12 ms");
});

import { expect, it } from "vitest";
import type { DevEvent } from "./dev-event.ts";
import { meaningOf, sourceOf, titleOf } from "./wording.ts";

const happening: DevEvent = {
  seq: 1,
  at: 0,
  kind: "rotated",
  session: "1b55e6",
  generation: 3,
  by: "a3f",
  transport: "cookie",
  tookMs: 12.34,
  why: null,
};

it("a happening is said in a word, and what it means in a line", () => {
  expect([titleOf(happening), meaningOf(happening)]).toEqual(["Rotated", "Generation 3 is in use"]);
  const rejected: DevEvent = { ...happening, kind: "refused", why: "session_expired" };
  expect([titleOf(rejected), meaningOf(rejected)]).toEqual(["Rejected", "The session had expired"]);
});

it("sourceOf() says who it was, by which way when it was not a cookie, and how long it took", () => {
  expect(sourceOf(happening)).toBe("tab a3f, 12 ms");
  expect(sourceOf({ ...happening, by: "program", transport: "body", tookMs: 1.26 })).toBe("program, body, 1.3 ms");
  expect(sourceOf({ ...happening, by: "page", transport: null, tookMs: null })).toBe("page load");
  expect(sourceOf({ ...happening, by: "copy" })).toBe("a copy, 12 ms");
});

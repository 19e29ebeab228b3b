import { afterEach, describe, expect, it, vi } from "vitest";
import { isSameUser, readHint } from "./hint-cookie.ts";

describe("readHint()", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["", ""],
    ["watchword.session=p.u", "p.u"],
    ["__Host-watchword.session=p.u", "p.u"],
    ["a=b; __Host-watchword.session=p.u; c=d", "p.u"],
    ["other__Host-watchword.session=p.u", ""],
    ["my-watchword.session=p.u", ""],
    ["watchword.sessions=p.u", ""],
    ["watchword.session=", ""],
  ])("in %j finds %j", (cookie, hint) => {
    vi.stubGlobal("document", { cookie });
    expect(readHint()).toBe(hint);
  });

  it("finds none where there are no cookies to be read", () => {
    vi.stubGlobal("document", undefined);
    expect(readHint()).toBe("");
    vi.stubGlobal("document", {
      get cookie(): string {
        throw new DOMException("Not in this frame", "SecurityError");
      },
    });
    expect(readHint()).toBe("");
  });
});

it("isSameUser() is false only when both say whose they are, and differ", () => {
  expect(isSameUser("one.ada", "two.ada")).toBe(true);
  expect(isSameUser("one.ada", "two.bob")).toBe(false);
  for (const unknown of ["", "two"]) {
    expect([isSameUser("one.ada", unknown), isSameUser(unknown, "one.ada")]).toEqual([true, true]);
  }
});

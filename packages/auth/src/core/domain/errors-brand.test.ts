import { expect, it } from "vitest";
import { AuthError } from "./errors.ts";

it.each([["a text"], [7], [null], [undefined], [{}], [new Error("no key")], [() => "a function"]] as [unknown][])(
  "what may be thrown and is none of ours is not taken for one: %o",
  (thrown) => expect(thrown instanceof AuthError).toBe(false),
);

it("an error of ours says by its name that it is one", () => {
  expect(new AuthError("forbidden").name).toBe("AuthError");
});

it("an error of ours holds its cause, and none where none was given", () => {
  const cause = new Error("disk I/O error");
  expect(new AuthError("internal_error", { cause }).cause).toBe(cause);
  expect("cause" in new AuthError("internal_error")).toBe(false);
});

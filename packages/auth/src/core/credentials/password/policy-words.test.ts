import { expect, it } from "vitest";
import { isMadeOf } from "./context-words.ts";
import { checkNewPassword } from "./policy.ts";

const account = { username: " ada ", email: " countess@analytical.example ", name: "  Ada King of Lovelace " };

it.each(["ada king of lovelace", "countess@analytical.example"])(
  "names are compared without the spaces around them: %s",
  async (password) => {
    await expect(checkNewPassword(password, { minLength: 3, account })).rejects.toMatchObject({
      message: "Do not use your username, email or name as your password",
    });
  },
);

it("a name of two letters is no word, and one of three is", () => {
  expect(isMadeOf(["Al"], "al-2026-al")).toBe(false);
  expect(isMadeOf(["Ada"], "ada-1815-ada")).toBe(true);
});

it("three letters beside a word are nothing of one's own, and four are", () => {
  expect(isMadeOf(["Lovelace"], "lovelacexyz")).toBe(true);
  expect(isMadeOf(["Lovelace"], "lovelacewxyz")).toBe(false);
  expect(isMadeOf(["Lovelace"], "lovelace-wxyz-1815")).toBe(false);
});

it("the longest word is taken away first, so that no part of it is left for somebody's own", () => {
  expect(isMadeOf(["ann", "annabel"], "annabel-1999")).toBe(true);
  expect(isMadeOf(["annabel", "ann"], "annabel-1999")).toBe(true);
});

it.each(["01340lovel4ce", "lovel4ce01340"])(
  "a number at an end of a disguised word is nothing of one's own: %s",
  (password) => {
    expect(isMadeOf(["Lovelace"], password)).toBe(true);
  },
);

it.each([
  ["Al Bo Cy", "albocy1999", true],
  ["lovelace1815", "lovelace-2026", true],
  ["1815lovelace", "lovelace-2026", true],
  ["ada2lovelace", "adalovelace", false],
  ["Lovelace", "1ove1ace", true],
  ["Ishmael", "1shmael-99", true],
])("of the name %j the password %j is made: %j", (name, password, is) => expect(isMadeOf([name], password)).toBe(is));

it("what comes together only when a word is taken out of it was not there", () => {
  expect(isMadeOf(["abcde", "wxyz"], "wabcdexyz")).toBe(false);
});

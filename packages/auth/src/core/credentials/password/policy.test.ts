import { dictionary } from "@zxcvbn-ts/language-common";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkNewPassword } from "./policy.ts";

const account = { username: "Ada.Lovelace", email: "countess@analytical.example", name: "Ada King of Lovelace" };
const policy = { minLength: 8, account };
const common = dictionary["passwords-common"];

describe("checkNewPassword() rejects", () => {
  test.each([
    ["nothing", ""],
    ["seven letters", "abcdefg"],
    ["seven emoji, which are fourteen units of UTF-16", "🔑🎩🐙🌵🧵🪁🎲"],
  ])("fewer code points than minLength: %s", async (_, password) => {
    const sentence = "Use at least 8 characters";
    await expect(checkNewPassword(password, policy)).rejects.toMatchObject({
      reason: "password_unacceptable",
      status: 422,
      message: sentence,
      fields: { password: [sentence] },
    });
  });

  test("14 code points where 15 are asked for, and not 15", async () => {
    const fifteen = { ...policy, minLength: 15 };
    await expect(checkNewPassword("xkcd xkcd xkcd", fifteen)).rejects.toMatchObject({
      message: "Use at least 15 characters",
    });
    await expect(checkNewPassword("xkcd xkcd xkcd!", fifteen)).resolves.toBeUndefined();
  });

  test.each(["password", "Password1", "1q2w3e4r5t", "TRUSTNO1", "ｐａｓｓｗｏｒｄ"])(
    "a common one, in any case and width: %s",
    async (password) => {
      await expect(checkNewPassword(password, policy)).rejects.toMatchObject({
        reason: "password_unacceptable",
        fields: { password: ["That password is on every list of common passwords. Choose another"] },
      });
    },
  );

  test("each of the 3,000 most common ones that are long enough, upper-cased too (ASVS 6.2.4)", async () => {
    const longEnough = common.filter((password) => password.length >= 8).slice(0, 3000);
    expect(longEnough).toHaveLength(3000);
    const upperCased = longEnough.slice(0, 200).map((each) => each.toUpperCase());
    const outcomes = await Promise.allSettled(
      [...longEnough, ...upperCased].map((each) => checkNewPassword(each, policy)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toEqual([]);
  });

  test.each([
    ["the username", "ada.lovelace"],
    ["the email address", "Countess@Analytical.example"],
    ["what stands before the @", "COUNTESS"],
    ["the name", "ada king of lovelace"],
  ])("the account's own names, in any case (ASVS 6.2.11): %s", async (_, password) => {
    await expect(checkNewPassword(password, policy)).rejects.toMatchObject({
      reason: "password_unacceptable",
      fields: { password: ["Do not use your username, email or name as your password"] },
    });
  });

  test.each(["watchword", "WatchWord", "W4tchw0rd-2026", "example.org!"])("the site's names: %s", async (password) => {
    await expect(checkNewPassword(password, { ...policy, siteWords: ["example"] })).rejects.toMatchObject({
      fields: { password: ["Do not use the name of this site as your password"] },
    });
  });

  test.each(["Lovelace1815", "4d4_l0v3l4c3", "countess!!"])("what is made of them: %s", async (password) => {
    await expect(checkNewPassword(password, policy)).rejects.toMatchObject({
      fields: { password: ["Do not make your password of your username, email or name: they are tried first"] },
    });
  });

  test.each([
    ["5 MB", "a".repeat(5_000_000)],
    ["a NUL", "long enough\0"],
    ["a lone surrogate", "long enough \ud83d"],
  ])("what cannot be a password at all, as validation_failed: %s", async (_, password) => {
    await expect(checkNewPassword(password, policy)).rejects.toMatchObject({ reason: "validation_failed" });
  });
});

describe("checkNewPassword() with a service that knows leaked passwords", () => {
  test("rejects what it knows, and says why (ASVS 6.2.12)", async () => {
    const asked: string[] = [];
    const isLeaked = async (password: string) => asked.push(password) > 0;
    await expect(checkNewPassword("four quiet herons", { ...policy, isLeaked })).rejects.toMatchObject({
      reason: "password_unacceptable",
      message: expect.stringContaining("stolen from another site"),
    });
    expect(asked).toEqual(["four quiet herons"]);
  });

  test("asks it for nothing that is rejected already", async () => {
    const isLeaked = () => Promise.reject(new Error("It was asked"));
    await expect(checkNewPassword("password", { ...policy, isLeaked })).rejects.toMatchObject({ status: 422 });
  });
});

describe("checkNewPassword() accepts", () => {
  test.each([
    ["only spaces and letters", "a      b"],
    ["only digits that are on no list", "8350172946"],
    ["eight emoji", "🔑🎩🐙🌵🧵🪁🎲🫖"],
    ["another script", "пароль на память"],
    ["spaces around a common password", " password "],
    ["64 emoji, 256 bytes", "🔑".repeat(64)],
    ["a name with something added", "ada.lovelace and her engine"],
  ])("%s", async (_, password) => {
    await expect(checkNewPassword(password, policy)).resolves.toBeUndefined();
  });

  test("any well-formed text without NUL, of 8 to 200 code points, that is on no list (ASVS 6.2.5)", async () => {
    const codePoint = fc.oneof(fc.integer({ min: 1, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
    const text = fc.array(codePoint, { minLength: 8, maxLength: 200 }).map((each) => String.fromCodePoint(...each));
    const spaced = fc.tuple(fc.nat(3), text, fc.nat(3)).map(([before, middle, after]) => {
      return " ".repeat(before) + middle + " ".repeat(after);
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, spaced), async (password) => {
        fc.pre(!common.includes(password.normalize("NFKC").toLowerCase()));
        await expect(checkNewPassword(password, policy)).resolves.toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

test("the list of common passwords is already in the form that passwords are compared in", () => {
  expect(common.length).toBeGreaterThan(49_000);
  expect(common.filter((password) => password.normalize("NFKC").toLowerCase() !== password)).toEqual([]);
});

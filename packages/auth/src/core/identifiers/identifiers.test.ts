import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailKey, looksLikeEmail, validateEmail } from "./email.ts";
import { validateName } from "./name.ts";
import { usernameKey, validateUsername } from "./username.ts";

const codePoint = (hex: number) => String.fromCodePoint(hex);

describe("usernameKey() makes one account of", () => {
  it.each([
    ["case", "Ada", "aDA"],
    ["width", "ada", "ａｄａ"],
    ["spaces at the ends", "ada", "  ada\t"],
    ["composition", "josé", "jose\u0301"],
    ["ligatures", "ﬁona", "fiona"],
    ["sharp s and its capital", "straße", "STRASSE"],
    ["the new capital sharp s", "straẞe", "straße"],
    ["final and other sigma", "οδος", "ΟΔΟΣ"],
    ["sigma spelt otherwise", "οδοσ", "οδος"],
    ["Kelvin", "\u212Aelvin", "kelvin"],
    ["mathematical letters", "𝒶𝒹𝒶", "ada"],
    ["circled letters", "ⓐⓓⓐ", "ada"],
    ["Turkish dotless i", "adı", "adi"],
  ])("%s: %j and %j", (_, one, other) => expect(usernameKey(one)).toBe(usernameKey(other)));

  it.each([
    ["dots", "a.da", "ada"],
    ["hyphen and underscore", "a-da", "a_da"],
    ["accents", "josé", "jose"],
  ])("but not of %s: %j and %j", (_, one, other) => expect(usernameKey(one)).not.toBe(usernameKey(other)));
});

describe("emailKey() makes one account of", () => {
  it.each([
    ["case, in both parts", "Ada@Example.COM", "ada@example.com"],
    ["spaces at the ends", " ada@example.com ", "ada@example.com"],
    ["a fullwidth @", "ada\uFF20example.com", "ada@example.com"],
    ["a small @", "ada\uFE6Bexample.com", "ada@example.com"],
    ["a domain and its punycode", "ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["a domain and its punycode in capitals", "ada@BÜCHER.example", "ada@XN--BCHER-KVA.example"],
    ["composition in the domain", "ada@bu\u0308cher.example", "ada@bücher.example"],
    ["ideographic full stops", "ada@例え。jp", "ada@例え.jp"],
    ["a fullwidth domain", "ada@ｅｘａｍｐｌｅ.com", "ada@example.com"],
  ])("%s: %j and %j", (_, one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
    expect(validateEmail(one)).toBeUndefined();
  });

  it.each([
    ["dots in the local part", "a.da@example.com", "ada@example.com"],
    ["plus addresses", "ada+1@example.com", "ada@example.com"],
    ["accents", "adá@example.com", "ada@example.com"],
    ["subdomains", "ada@mail.example.com", "ada@example.com"],
  ])("but not of %s: %j and %j", (_, one, other) => expect(emailKey(one)).not.toBe(emailKey(other)));
});

describe("a key is its own key", () => {
  it("for each letter, mark and digit there is", () => {
    const wrong: string[] = [];
    for (let point = 1; point < 0x11_0000; point += 1) {
      if (!/[\p{L}\p{M}\p{N}]/u.test(codePoint(point))) continue;
      const key = usernameKey(`a${codePoint(point)}a`);
      const capital = usernameKey(`a${codePoint(point).toUpperCase()}a`);
      if (usernameKey(key) !== key || capital !== key) wrong.push(point.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it("for each username and email that passes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (!validateUsername(text)) expect(usernameKey(usernameKey(text))).toBe(usernameKey(text));
        const email = `${text}@example.com`;
        if (!validateEmail(email)) expect(emailKey(emailKey(email))).toBe(emailKey(email));
        expect(looksLikeEmail(email)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("looksLikeEmail()", () => {
  it.each([
    ["ada@example.com", true],
    ["ada\uFF20example.com", true],
    ["ada", false],
    ["", false],
  ])("%j: %s", (text, expected) => expect(looksLikeEmail(text)).toBe(expected));

  it("is false for every username", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 32 }), (text) => {
        if (!validateUsername(text)) expect(looksLikeEmail(text)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Nothing of these is to be seen, so two names that differ in one would look the same. */
const invisible: Array<[string, string]> = [
  ["NUL", "\0"],
  ["a line end inside", "\n"],
  ["a tab inside", "\t"],
  ["delete", "\u007F"],
  ["soft hyphen", "\u00AD"],
  ["combining grapheme joiner", "\u034F"],
  ["Hangul filler", "\u3164"],
  ["halfwidth Hangul filler", "\uFFA0"],
  ["Hangul choseong filler", "\u115F"],
  ["Khmer inherent vowel", "\u17B4"],
  ["Mongolian variation selector", "\u180B"],
  ["zero-width space", "\u200B"],
  ["zero-width joiner", "\u200D"],
  ["right-to-left mark", "\u200F"],
  ["right-to-left override", "\u202E"],
  ["isolate", "\u2066"],
  ["line separator", "\u2028"],
  ["paragraph separator", "\u2029"],
  ["word joiner", "\u2060"],
  ["byte order mark inside", "\uFEFF"],
  ["variation selector", "\uFE0F"],
  ["supplementary variation selector", codePoint(0xe0100)],
  ["tag", codePoint(0xe0061)],
  ["private use", "\uE000"],
  ["unassigned", "\u0378"],
  ["lone surrogate", "\uD800"],
];

describe("validateUsername()", () => {
  it.each(["ada", "Ada.Lovelace", "a_b-c", "007", "josé", "Ада", "阿达阿", "नमस्ते", "a".repeat(32), " ada "])(
    "takes %j",
    (text) => expect(validateUsername(text)).toBeUndefined(),
  );

  it.each([
    "",
    "  ",
    "ad",
    "a".repeat(33),
    ".ada",
    "-ada",
    "_ada",
    "a da",
    "ada!",
    "a@b.example",
    "ada\uFF20x",
    "a/b",
    "<ada>",
    "ada😀",
    "\u0301ada",
    "¨ada",
  ])("rejects %j", (text) => expect(validateUsername(text)).toMatch(/^[A-Z].*[^.]$/));

  it.each(invisible)("rejects %s", (_, character) => expect(validateUsername(`ad${character}a`)).toBeDefined());

  it("counts characters as people do, after the form is made", () => {
    expect(validateUsername("𝒶".repeat(32))).toBeUndefined();
    expect(validateUsername("ﬃ".repeat(11))).toBe("Use at most 32 characters");
  });
});

describe("validateEmail()", () => {
  const label = "d".repeat(63);
  it.each([
    "ada@example.com",
    "a@b.co",
    "ada+tag@example.com",
    "o'neill@example.com",
    "josé@bücher.example",
    "ада@почта.рф",
    "ada@xn--bcher-kva.example",
    `${"l".repeat(64)}@example.com`,
    `ada@${label}.${label}.${label}.com`,
  ])("takes %j", (text) => expect(validateEmail(text)).toBeUndefined());

  it.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@localhost",
    "ada@example",
    "ada@example.c",
    "ada@.com",
    "ada@example..com",
    "ada@example.com.",
    "ada@-example.com",
    "ada@example-.com",
    "ada@example.-com",
    "ada@example.com-",
    ".ada@example.com",
    "ada.@example.com",
    "a..da@example.com",
    "a da@example.com",
    "ada@exam ple.com",
    "ada@b@example.com",
    '"ada"@example.com',
    "ada@[127.0.0.1]",
    "ada@127.0.0.1",
    "ada@10.10.10.10",
    "ada@127.1",
    "Ada <ada@example.com>",
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    `${"l".repeat(65)}@example.com`,
    `ada@${label}.${label}.${label}.${label}.com`,
    `ada@${"d".repeat(64)}.com`,
    "ada@xn--a.example",
  ])("rejects %j", (text) => expect(validateEmail(text)).toBe("Enter an email address, like name@example.com"));

  // A host's parser reads "example.com" out of each of these; what is stored would be something else.
  it.each([
    "ada@example.com/x",
    "ada@example.com?x",
    "ada@example.com#x",
    "ada@example.com\\x",
    "ada@ex%61mple.com",
    "ada@example.com:25",
  ])("rejects %j, which is more than a domain", (text) => expect(validateEmail(text)).toBeDefined());

  it.each(invisible)("rejects %s, before and after the @", (_, character) => {
    expect(validateEmail(`a${character}da@example.com`)).toBeDefined();
    expect(validateEmail(`ada@exam${character}ple.com`)).toBeDefined();
  });

  it("rejects what would be headers of an email", () => {
    expect(validateEmail("ada@example.com\r\nBcc: eve@example.com")).toBeDefined();
  });
});

describe("validateName()", () => {
  it.each(["Ada", "Ada Lovelace", "O’Neill", "李", "محمد", "X Æ A-12", "n".repeat(100), "😀".repeat(100), "Аda"])(
    "takes %j",
    (text) => expect(validateName(text)).toBeUndefined(),
  );
  it.each(["علی\u200cرضا", "ශ්\u200dරී", "क्\u200dष"])("takes %j, which is not written otherwise", (text) =>
    expect(validateName(text)).toBeUndefined(),
  );
  it.each(["\u200cعلی", "علی\u200c", "علی\u200c\u200cرضا", "علی\u200cAda"])(
    "rejects %j, where nothing is joined",
    (text) => expect(validateName(text)).toBeDefined(),
  );
  it.each(["", "   ", "n".repeat(101)])("rejects %j", (text) => expect(validateName(text)).toBeDefined());
  it.each(invisible)("rejects %s", (_, character) => expect(validateName(`Ada${character}Lovelace`)).toBeDefined());
});

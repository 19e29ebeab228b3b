import { describe, expect, it } from "vitest";
import { mixesDigits, mixesScripts, stacksMarks } from "./single-script.ts";

describe("mixesScripts()", () => {
  it.each(["ada", "ада", "ada-1", "東京タワーへ", "ada東京へ", "ㄅ李ada", "김ada李", "ー1-2", "josé", "நான்", "a\u0301"])(
    "is false for %j",
    (text) => expect(mixesScripts(text)).toBe(false),
  );

  it.each(["аda", "αda", "adaд", "ㄅさ", "さ김", "ада李", "Ꭺda", "ada\u05b4"])("is true for %j", (text) =>
    expect(mixesScripts(text)).toBe(true),
  );

  it("knows the script of each letter there is", () => {
    const unknown: string[] = [];
    for (let point = 1; point < 0x11_0000; point += 1) {
      const sign = String.fromCodePoint(point);
      if (/[\p{L}\p{M}\p{N}]/u.test(sign) && mixesScripts(sign)) unknown.push(point.toString(16));
    }
    expect(unknown).toEqual([]);
  });
});

describe("mixesDigits()", () => {
  it.each(["ada", "ada10", "٠١٢٣٤٥٦٧٨٩", "۰۹", "९०", "\u{1e950}\u{1e959}", "\u1a80\u1a89"])("is false for %j", (text) =>
    expect(mixesDigits(text)).toBe(false),
  );
  it.each(["1١", "٤۴", "९9", "\u1a80\u1a90"])("is true for %j", (text) => expect(mixesDigits(text)).toBe(true));
});

describe("stacksMarks()", () => {
  it.each(["josé", "nguyễn", "a\u0301\u0302\u0303\u0304", "בְּרֵאשִׁית"])("is false for %j", (text) =>
    expect(stacksMarks(text)).toBe(false),
  );
  it.each(["é\u0301", "a\u0301\u0302\u0303\u0304\u0306", "e\u0323\u0323"])("is true for %j", (text) =>
    expect(stacksMarks(text)).toBe(true),
  );
});

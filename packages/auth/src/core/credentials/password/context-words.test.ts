import { expect, it } from "vitest";
import { isMadeOf } from "./context-words.ts";

const words = ["Ada.Lovelace", "countess@analytical.example", "countess", "Ada King", "watchword", "登録太郎"];

it.each([
  "ada.lovelace",
  "AdaLovelace1815",
  "lovelace-2026!",
  "L0v3l4c3",
  "@d@_l0v3l@c3",
  "adaadaada1",
  "ecalevol99",
  "1234countess",
  "watchw0rd!!",
  "King-Ada-1",
  "my countess",
  "ada lovelace!?",
  "登録太郎2026",
  "ＬＯＶＥＬＡＣＥ１",
])("%s is", (password) => expect(isMadeOf(words, password)).toBe(true));

it.each([
  "ada.lovelace and her engine",
  "correct horse battery staple",
  "8350172946",
  "lovely places",
  "an analytical mind wanders",
  "kingfisher on a branch",
  "🔑🎩🐙🌵🧵🪁🎲🫖",
])("%s is not", (password) => expect(isMadeOf(words, password)).toBe(false));

it("takes names of one or two letters for no word", () => {
  expect(isMadeOf(["Al", "X", "", "李"], "alx-marmalade")).toBe(false);
  expect(isMadeOf([], "anything")).toBe(false);
});

import { describe, expect, it } from "vitest";
import { countsOf, declaredNames, findOldWords, wordsOf } from "./old-words.mjs";

const words = [
  { old: "proof", now: "step-up" },
  { old: "keep house", now: "startCleanup" },
  { old: "wait", now: "delay", as: "whole" },
  { old: "answer", now: "LoginOutput", as: "type" },
  { old: "answer", now: "output.ts", as: "path" },
  { old: "turn", now: "rotateIfDue", as: "whole", only: /^packages\/keys\// },
];
const exceptions = [{ name: /^proof$/, only: /limits\.ts$/, why: "a key of the limits" }];
const found = (path: string, source: string) =>
  findOldWords(path, source, words, exceptions).map(({ name, line }: { name: string; line: number }) => [name, line]);

describe("wordsOf()", () => {
  it.each([
    ["requireHTTPProof", ["require", "http", "proof"]],
    ["PROOF_MAX_AGE", ["proof", "max", "age"]],
    ["proof-link", ["proof", "link"]],
    ["#proofOf2", ["proof", "of2"]],
  ])("divides %s", (name, expected) => {
    expect(wordsOf(name)).toEqual(expected);
  });
});

describe("declaredNames()", () => {
  it.each([
    ["a variable", "const proof = 1;"],
    ["a function", "function proof() {}"],
    ["a parameter", "export const f = (proof: string) => 1;"],
    ["a property", "const a = { proof: 1 };"],
    ["a private field", "class A { #proof = 1; }"],
    ["a member of a type", "interface A { proof?: string }"],
    ["a method", "class A { proof() {} }"],
    ["a type", "type proof = string;"],
    ["a destructured variable", "const { proof } = a;"],
    ["an alias of an import", 'import { a as proof } from "a";'],
  ])("reads %s", (_, source) => {
    expect(declaredNames("a.tsx", source).map(({ name }: { name: string }) => name.replace("#", ""))).toContain(
      "proof",
    );
  });

  it("reads no use of a name, no string and no comment", () => {
    const source = 'proof(a.proof, { "proof": 1 }, "proof"); /* proof */ import { proof } from "a";';
    expect(declaredNames("a.ts", source)).toEqual([]);
  });
});

describe("findOldWords()", () => {
  it("finds a planted word in each form of a name, with its line", () => {
    expect(
      found("a.ts", "const requireProof = 1;\nconst PROOF_AGE = 2;\nconst keepHouse = 3;\nconst proofs = 4;"),
    ).toEqual([
      ["requireProof", 1],
      ["PROOF_AGE", 2],
      ["keepHouse", 3],
    ]);
  });

  it("finds a planted word in the name of a file and of a folder", () => {
    expect(found("packages/proof/keep-house.test.ts", "")).toEqual([
      ["proof", 0],
      ["keep-house", 0],
    ]);
  });

  it("does not find a word for which there is an exception, and finds it elsewhere", () => {
    expect(found("limits.ts", "const a = { proof: 1 }; const proofOf = 2;")).toEqual([["proofOf", 1]]);
    expect(found("other.ts", "const a = { proof: 1 };")).toEqual([["proof", 1]]);
  });

  it("finds a whole word only where the name is nothing else", () => {
    expect(found("a.ts", "const wait = 1; const waitForStore = 2;")).toEqual([["wait", 1]]);
  });

  it("finds the word of a type only as a type, and the word of a path only as a path", () => {
    expect(found("answer.ts", "const answer = 1; type Answer = string;")).toEqual([
      ["answer", 0],
      ["Answer", 1],
    ]);
  });

  it("finds a word with a place only there", () => {
    expect(found("packages/keys/ring.ts", "const turn = 1;")).toEqual([["turn", 1]]);
    expect(found("packages/other/ring.ts", "const turn = 1;")).toEqual([]);
  });
});

describe("countsOf()", () => {
  it("counts each word, the most frequent first", () => {
    const findings = findOldWords("a.ts", "const wait = 1; const aProof = 2; const bProof = 3;", words, exceptions);
    expect(countsOf(findings)).toEqual([
      ["proof", 2],
      ["wait", 1],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { namedTests, problemWith, testsIn } from "./named-tests.mjs";

const rows = `| R01  | two tabs | \`a/tabs.test.ts\` › both get %d tokens (R01)   |
| R01  |          | \`e2e/tabs.spec.ts\` › one rotation |`;
const [unit, browser] = namedTests(rows);

describe("namedTests()", () => {
  it("reads every test of a row, and nothing of what is no row", () => {
    expect(
      namedTests(
        `# Title\n\nSee \`a/other.test.ts\` › no row.\n\n| case | what | shown by |\n| --- | --- | --- |\n${rows}\n`,
      ),
    ).toEqual([
      { id: "R01", file: "a/tabs.test.ts", title: "both get %d tokens (R01)" },
      { id: "R01", file: "e2e/tabs.spec.ts", title: "one rotation" },
    ]);
  });
});

describe("problemWith()", () => {
  const source = 'it.each([2, 3])("both get %d tokens (R01)", () => {});';
  const ran = (...passed: boolean[]) =>
    passed.map((one, at) => ({ file: "/clone/a/tabs.test.ts", title: `both get ${at} tokens (R01)`, passed: one }));

  it.each([
    ["is there", source, undefined, undefined],
    ["has no file", undefined, undefined, "there is no file"],
    ["is not in its file", "it('something else')", undefined, "has no test"],
    ["ran and passed for each value", source, ran(true, true), undefined],
    ["passed for one value and failed for another", source, ran(true, false), "did not pass"],
    ["did not run", source, [], "did not run"],
    [
      "ran in another file",
      source,
      [{ file: "/b.test.ts", title: "both get 2 tokens (R01)", passed: true }],
      "not run",
    ],
    ["is part of another's title", source, [{ ...ran(true)[0], title: "x both get 2 tokens (R01)" }], "not run"],
  ])("a test that %s", (_, text, results, problem) => {
    const answer = problemWith(unit, text, results);
    if (problem === undefined) expect(answer).toBeUndefined();
    else expect(answer).toContain(problem);
  });
});

describe("testsIn()", () => {
  it("reads a report of vitest's", () => {
    const assertionResults = [
      { title: "a", status: "passed" },
      { title: "b", status: "skipped" },
    ];
    expect(testsIn({ testResults: [{ name: "/clone/a.test.ts", assertionResults }] })).toEqual([
      { file: "/clone/a.test.ts", title: "a", passed: true },
      { file: "/clone/a.test.ts", title: "b", passed: false },
    ]);
  });

  it("reads a report of Playwright's, however deep its suites are", () => {
    const specs = [{ file: "tabs.spec.ts", title: "one rotation", ok: true }];
    const ran = testsIn({ suites: [{ suites: [{ specs }] }] });
    expect(ran).toEqual([{ file: "e2e/tabs.spec.ts", title: "one rotation", passed: true }]);
    expect(problemWith(browser, 'test("one rotation", …)', ran)).toBeUndefined();
  });
});

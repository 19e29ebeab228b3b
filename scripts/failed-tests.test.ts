import { describe, expect, it } from "vitest";
import { failedBrowserTests, failedUnitTests } from "./failed-tests.mjs";

const passed = { fullName: "adds", status: "passed", failureMessages: [] };

describe("the list of failed tests", () => {
  it("names the file, the title and the first line of the reason of each unit test that did not pass", () => {
    const assertionResults = [
      passed,
      {
        fullName: "store ends a session",
        status: "failed",
        failureMessages: ["AssertionError: \u001b[31mno\u001b[39m\n    at a"],
      },
      { fullName: "store skips", status: "skipped", failureMessages: [] },
    ];
    expect(
      failedUnitTests({ testResults: [{ name: "/r/a/b.test.ts", status: "failed", assertionResults }] }, "/r"),
    ).toEqual(["a/b.test.ts › store ends a session: AssertionError: no", "a/b.test.ts › store skips: skipped"]);
  });

  it("names a file that does not load, and no file whose tests passed", () => {
    const testResults = [
      { name: "/r/a.test.ts", status: "failed", message: "SyntaxError: x\ny", assertionResults: [] },
      { name: "/r/b.test.ts", status: "passed", message: "", assertionResults: [passed] },
    ];
    expect(failedUnitTests({ testResults }, "/r")).toEqual(["a.test.ts › the file itself: SyntaxError: x"]);
  });

  it("names each journey that failed, was skipped, or passed at its second attempt only", () => {
    const spec = (title: string, status: string, results: object[]) => ({
      file: "a.spec.ts",
      title,
      tests: [{ status, results }],
    });
    const report = {
      suites: [
        {
          suites: [{ specs: [spec("logs in", "unexpected", [{ error: { message: "Error: no\nmore" } }])] }],
          specs: [
            spec("logs out", "expected", [{}]),
            spec("moves", "flaky", [{ error: { message: "late" } }, {}]),
            spec("waits", "skipped", []),
          ],
        },
      ],
    };
    expect(failedBrowserTests(report)).toEqual([
      "e2e/a.spec.ts › moves: late",
      "e2e/a.spec.ts › waits: skipped",
      "e2e/a.spec.ts › logs in: Error: no",
    ]);
  });

  it("is empty where a report could not be read", () => {
    expect([failedUnitTests({}, "/r"), failedBrowserTests({})]).toEqual([[], []]);
  });
});

// The list at the end of `npm test`. Most CI systems show only the last lines of a long log, so those name each failed test and the reason.
import { relative } from "node:path";

/** What did not pass in a report of vitest's JSON reporter, a line each: file, title, and the first line of the reason. */
export function failedUnitTests({ testResults = [] }, root) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status !== "passed");
    const file = relative(root, name);
    // A file that does not load has no test that could fail.
    if (failed.length === 0) return status === "failed" ? [line(file, "the file itself", message)] : [];
    return failed.map((one) => line(file, one.fullName, one.failureMessages[0] ?? one.status));
  });
}

/** The same of Playwright's JSON reporter. A test that passed at its second attempt is in it too. */
export function failedBrowserTests({ specs = [], suites = [] }) {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status !== "expected")
      .map(({ status, results }) =>
        line(`e2e/${file}`, title, results.find(({ error }) => error)?.error.message ?? status),
      ),
  );
  return [...own, ...suites.flatMap(failedBrowserTests)];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: reporters colour their messages with them.
const colours = /\u001b\[[\d;]*m/g;

function line(file, title, reason = "") {
  const [first] = reason.replace(colours, "").split("\n");
  return `${file} › ${title}: ${first.slice(0, 200)}`;
}

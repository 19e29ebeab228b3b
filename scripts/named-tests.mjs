// The tables in docs name the test that shows each promise. This fails when such a test is not there, and, given what
// vitest and Playwright wrote (`node scripts/named-tests.mjs unit.json e2e.json`), also when it did not run or not pass:
// a table that nobody checks is a wish.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const placeholder = /%[sdifjo]|\$\{[^}]*\}|\$\w[\w.]*/;

/** The tests that a table names, one a row, such as: | R01 | two tabs | `a/tabs.test.ts` › both get the same | */
export function namedTests(markdown) {
  return [
    ...markdown.matchAll(/^\| *([^|]+?) *\|.*`([^`]+(?:\.(?:test|spec)\.tsx?|\/contract-[\w-]+\.ts))` › (.+?) *\|$/gm),
  ].map(([, id, file, title]) => ({ id, file, title }));
}

/** Every test in a report of vitest's or of Playwright's JSON reporter. */
export function testsIn({ testResults = [], specs = [], suites = [] }) {
  return [
    ...testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status }) => ({ file: name, title, passed: status === "passed" })),
    ),
    ...specs.map(({ file, title, ok }) => ({ file: `e2e/${file}`, title, passed: ok })),
    ...suites.flatMap(testsIn),
  ];
}

/** What is wrong with a named test, if anything. `ran` is every test that ran; undefined when nothing was run. */
export function problemWith({ id, file, title }, source, ran) {
  if (source === undefined) return `${id}: there is no file ${file}`;
  if (!source.includes(title)) return `${id}: ${file} has no test "${title}"`;
  // What runs once for each row of a table has placeholders in its title, which stand for any text.
  const parts = title.split(placeholder).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  // A contract runs in the test files of the stores that keep it.
  const isContract = !/\.(?:test|spec)\./.test(file);
  const runs = ran?.filter((one) => (isContract || one.file.endsWith(file)) && pattern.test(one.title));
  if (runs?.length === 0) return `${id}: "${title}" did not run`;
  return (runs?.every(({ passed }) => passed) ?? true) ? undefined : `${id}: "${title}" did not pass`;
}

function main(reports) {
  const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const named = docs.flatMap((name) => namedTests(read(join(root, "docs", name))));
  const ran = reports.length > 0 ? reports.flatMap((file) => testsIn(JSON.parse(read(file) ?? "{}"))) : undefined;
  const problems = named.flatMap((test) => problemWith(test, read(join(root, test.file)), ran) ?? []);
  if (named.length === 0) problems.push("The docs name no test at all");
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));

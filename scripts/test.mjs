// `npm test`: everything that has to hold, in the order of what fails fastest, and one line of counts at the end.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { failedBrowserTests, failedUnitTests } from "./failed-tests.mjs";
import { build, checkNode, install, root, say, spawning, withBin } from "./prepare.mjs";

checkNode();
install({ whole: true });
const { findOrInstallChromium } = await import("./chromium.mjs");

const results = join(root, "test-results");
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const unitSummary = join(results, "unit.json");
const e2eSummary = join(results, "e2e.json");
const noResults = { expected: 0, unexpected: 1, flaky: 0, skipped: 0 };
let passed = 0;
let failed = 0;
const failures = [];

await checkSideBySide([
  ["Format and lint", "biome", ["check", "--error-on-warnings", "."]],
  ["One word for each idea", "node", ["scripts/old-words.mjs"]],
  ["Boundaries between packages", "turbo", ["boundaries"]],
  ["Boundaries inside packages", "depcruise", ["apps", "packages", "--config", ".dependency-cruiser.cjs"]],
  ["Nothing unused", "knip", []],
  ["One version of everything", "sherif", []],
  ["Types", "turbo", ["run", "typecheck", "--output-logs=errors-only"]],
]);
build();
runTests("Unit and integration tests", "vitest", ["run"], { VITEST_SUMMARY: unitSummary }, () => {
  const summary = readSummary(unitSummary);
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = summary;
  failures.push(...failedUnitTests(summary, root));
  // A file that does not even load has no test that fails, and a skipped test proves nothing.
  return [numPassedTests, numFailedTests + numPendingTests + (numFailedTests === 0 ? numFailedTestSuites : 0)];
});
const chromium = await findOrInstallChromium();
const browser = { E2E_SUMMARY: e2eSummary, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) };
runTests("Browser tests", "playwright", ["test"], browser, () => {
  const summary = readSummary(e2eSummary);
  const { expected, unexpected, flaky, skipped } = summary.stats;
  failures.push(...failedBrowserTests(summary));
  return [expected, unexpected + flaky + skipped];
});
check("Every named test exists and ran", "node", ["scripts/named-tests.mjs", unitSummary, e2eSummary]);

for (const failure of failures) process.stdout.write(`\n  ✗ ${failure}`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

/** Most of these keep one core busy, so several at once take half the time. Each says what it found when its turn has come. */
async function checkSideBySide(checks) {
  const running = checks.map(([title, command, args]) => ({ title, end: executeQuietly(command, args) }));
  for (const { title, end } of running) {
    const { ok, output } = await end;
    say(title);
    process.stdout.write(output);
    countCheck(title, ok);
  }
}

function check(title, command, args) {
  say(title);
  countCheck(title, execute(command, args) === 0);
}

function countCheck(title, ok) {
  if (ok) passed += 1;
  else {
    failed += 1;
    failures.push(`the check "${title}"`);
  }
}

function runTests(title, command, args, env, count) {
  say(title);
  const status = execute(command, args, env);
  const [good, bad] = count();
  passed += good;
  failed += bad;
  // Every test passed, and the run failed all the same: an error outside the tests, say.
  if (bad === 0 && status !== 0) countCheck(title, false);
}

function execute(command, args, env = {}) {
  return spawnSync(command, args, { ...spawning, stdio: "inherit", env: { ...withBin(), ...env } }).status;
}

function executeQuietly(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...spawning, stdio: ["ignore", "pipe", "pipe"], env: withBin() });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => output.push(piece));
    child.on("error", (error) => resolve({ ok: false, output: `${error.message}\n` }));
    child.on("close", (status) => resolve({ ok: status === 0, output: Buffer.concat(output) }));
  });
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numFailedTestSuites: 0, stats: noResults };
  }
}

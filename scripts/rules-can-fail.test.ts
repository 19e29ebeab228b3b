import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const config = join(root, ".dependency-cruiser.cjs");
const depcruise = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

interface Rule {
  name: string;
  from: { path?: string };
  to: { path?: string };
}
const { forbidden }: { forbidden: Rule[] } = createRequire(import.meta.url)(config);

type Violation = [from: string, to: string];
const auth = "packages/auth/src";

/** One import that each rule forbids. A target without a slash is a package. */
const violations: Record<string, Violation> = {
  "no-cycles": ["packages/api/src/circle.ts", "packages/api/src/circle.ts"],
  "flows-are-composed-in-one-place": [`${auth}/core/options.ts`, `${auth}/core/flows/login.ts`],
  "authentication-is-made-in-one-place": [`${auth}/core/flows/register.ts`, `${auth}/core/domain/authentication.ts`],
  "auth-ts-is-the-top": [`${auth}/core/cleanup.ts`, `${auth}/core/auth.ts`],
  "trpc-folders-import-what-is-below": [`${auth}/trpc/output.ts`, `${auth}/trpc/routers/admin.ts`],
  "trpc-ground-imports-no-procedure": [`${auth}/trpc/subscriptions/stream.ts`, `${auth}/trpc/init.ts`],
  "direct-path-knows-no-login": [`${auth}/trpc/http/direct/stream-like.ts`, `${auth}/trpc/context.ts`],
  "core-knows-nobody": [`${auth}/core/flows/logout.ts`, "drizzle-orm"],
  "metrics-take-types-only": [`${auth}/metrics/auth-metrics.ts`, `${auth}/core/index.ts`],
  "client-takes-types-only": [`${auth}/client/refresher.ts`, `${auth}/core/index.ts`],
  "terminal-reasons-import-nothing": [`${auth}/core/domain/terminal-reasons.ts`, `${auth}/core/domain/ids.ts`],
  "token-file-takes-types-only": [`${auth}/token-file/token-file.ts`, `${auth}/client/refresher.ts`],
  "only-the-tokens-files-import-jose": [`${auth}/core/tokens/key-ring.ts`, "jose"],
  "only-the-worker-imports-bcryptjs": [`${auth}/core/credentials/password/worker-pool.ts`, "bcryptjs"],
  "only-db-holds-sql": ["packages/api/src/files.ts", "better-sqlite3"],
  "cli-takes-types-of-the-api-only": ["apps/cli/src/main.ts", "packages/api/src/root.ts"],
  "testing-stays-in-tests": ["packages/api/src/uploads.ts", `${auth}/testing/index.ts`],
  "our-own-harness-stays-out-of-src": [`${auth}/trpc/respond.ts`, "packages/auth/test/test-client.ts"],
  "the-kit-needs-no-test-runner": [`${auth}/testing/fixtures.ts`, "vitest"],
  "the-devtools-stay-out-of-builds": ["apps/web/src/server/server.ts", "apps/web/src/devtools/watch.ts"],
  "no-unresolved": ["packages/api/src/live.ts", "packages/api/src/not-there.ts"],
};

/** A file in the folder, or the very file, that a path of a rule on folders names. */
const fileIn = (pattern: string) =>
  `${pattern.replace("^", "").replace("/[^/]+$", "/root-file.ts").replace(/\/$/, "/file.ts")}`;

/** The rules on folders are made of one list each, so their violations are made of the rules. */
function violationOf({ name, from, to }: Rule): Violation | undefined {
  const folder = /\^[^|]*?\/src(?:\/\w+)?(?=\/)/.exec(to.path ?? "")?.[0] ?? "";
  if (name.endsWith("-has-no-other-folder")) {
    return [`${fileIn(`${folder}/`)}`, `${fileIn(`${folder}/folder-in-no-level/`)}`];
  }
  if (name.endsWith("-imports-what-is-below") && !violations[name]) {
    return [fileIn(from.path ?? ""), fileIn((to.path ?? "").split("|").at(-1) ?? "")];
  }
  return violations[name];
}

function plant(folder: string, planted: Violation[]): void {
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, { flag: "a" });
  };
  write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "preserve", allowImportingTsExtensions: true } }));
  for (const [from, to] of planted) {
    const isPackage = !to.includes("/");
    if (isPackage) write(`node_modules/${to}/index.js`, "");
    else if (!to.endsWith("/not-there.ts")) write(to, "");
    const relative = posix.relative(posix.dirname(from), to);
    write(from, `import "${isPackage ? to : relative.startsWith(".") ? relative : `./${relative}`}";\n`);
  }
}

/** Which rules were broken by which import, as `rule: from → to`. */
function cruise(folder: string): Promise<Array<{ rule: string; from: string; to: string }>> {
  return new Promise((resolve, reject) => {
    const args = [depcruise, "apps", "packages", "--config", config, "--output-type", "json"];
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 100_000_000 }, (error, stdout) => {
      if (stdout === "") return reject(error);
      const { summary } = JSON.parse(stdout);
      resolve(
        summary.violations.map((one: { rule: Rule; from: string; to: string }) => ({ ...one, rule: one.rule.name })),
      );
    });
  });
}

describe("the rules of .dependency-cruiser.cjs", () => {
  const folder = mkdtempSync(join(tmpdir(), "watchword-rules-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("each fail on an import that they forbid", async () => {
    const planted = forbidden.map((rule) => ({ rule: rule.name, violation: violationOf(rule) }));
    expect(planted.filter(({ violation }) => violation === undefined)).toEqual([]);
    plant(
      folder,
      planted.flatMap(({ violation }) => (violation ? [violation] : [])),
    );
    const found = new Set((await cruise(folder)).map(({ rule, from }) => `${rule}: ${from}`));
    expect(planted.map(({ rule, violation }) => `${rule}: ${violation?.[0]}`).filter((one) => !found.has(one))).toEqual(
      [],
    );
  }, 60_000);
});

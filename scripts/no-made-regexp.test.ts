import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "watchword-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the linter says of each line of a source, by the settings of this project, were it in this file. */
async function problemsIn(file: string, lines: readonly string[]): Promise<Record<string, string>> {
  const rules = ["biome.json", "scripts/no-made-regexp.grit", ".gitignore"];
  for (const name of rules) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), lines.join("\n"));
  const report = await new Promise<string>((resolve) => {
    const args = ["lint", "--vcs-enabled=false", "--reporter=github", file];
    execFile(join(root, "node_modules", ".bin", "biome"), args, { cwd: folder }, (_, stdout) => resolve(stdout));
  });
  const plugin = /^::\w+ title=plugin,.*?\bline=(\d+),.*?::(.*)$/gm;
  return Object.fromEntries(
    [...report.matchAll(plugin)].map(([, line, text]) => [lines[Number(line) - 1], text ?? ""]),
  );
}

const made = [
  "export const one = new RegExp(text);",
  'export const two = RegExp("^" + text, "u");',
  'export const three = new RegExp("a");',
  "export const four = new globalThis.RegExp(text);",
  "export const Five = RegExp;",
  "export const six = text.match(text);",
  "export const seven = text.matchAll(pattern);",
  'export const eight = text.search("a" + text);',
];
const written = [
  "declare const text: string;",
  "declare const pattern: RegExp;",
  "export const nine = text.match(/a/);",
  "export const ten = pattern.test(text);",
  "export const eleven = /a/.exec(text);",
];

it.each(["packages/auth/src/core/some.ts", "packages/db/src/sqlite/some.ts", "apps/web/src/server/some.tsx"])(
  "in %s no regular expression is made of a text: the linter takes literals alone (ASVS 1.2.9)",
  async (file) => {
    const problems = await problemsIn(file, [...made, ...written]);
    expect(Object.keys(problems).sort()).toEqual([...made].sort());
    for (const problem of Object.values(problems)) expect(problem).toContain("as a literal");
  },
);

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");

/** A section and the folder in its heading; the root where there is none. */
const sections = text.split(/^##+ /m).map((section) => ({
  base: /^`([^`]+)`\n/.exec(section)?.[1] ?? "",
  title: section.split("\n")[0] ?? "",
  paths: pathsIn(section),
}));

/** What stands in backticks and reads like a path: it has a slash or the ending of a file. An address on the wire begins with a slash. */
function pathsIn(section: string): string[] {
  return [...section.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[\w.[][^\s*→]*$/.test(code) && (code.includes("/") || /\.(?:[cm]?[jt]sx?|md)$/.test(code)));
}

/** From the folder, one of those above it, or the root. */
function isThere(base: string, path: string): boolean {
  if (existsSync(join(root, base, path))) return true;
  return base !== "" && isThere(base.split("/").slice(0, -1).join("/"), path);
}

/** The folders that are tables of rooms. */
const rooms = [
  "packages/auth/src",
  "packages/auth/src/core",
  "packages/auth/src/trpc",
  "packages/auth/src/testing",
  "packages/db/src/sqlite",
  "apps/web/src",
];
/** The tables of the last chapter, by the folder in their headings: the path of each row from the root. */
const rows = (text.split("\n## Every file\n")[1] ?? "").split(/^### /m).flatMap((section) => {
  const base = /^`([^`]+)`\n/.exec(section)?.[1] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` /gm)].map(([, file = ""]) => `${base}/${file}`);
});
/** Without a row: tests and what they start, types of a library, and lists of exports. */
const unlisted = /\.(?:test|child|d)\.ts$|\/index\.ts$/;

function sources(): string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "apps", "packages"], { cwd: root });
  const isSource = /^(?:apps|packages)\/\w+\/(?:src\/.*|[\w-]+)\.(?:ts|tsx|mjs)$/;
  const isSetup = /^[^/]+\/\w+\/(?:[\w.-]+\.config|next-env\.d)\.\w+$/;
  const paths = listed.toString().split("\n");
  return paths.filter(
    (path) => isSource.test(path) && !isSetup.test(path) && !unlisted.test(path) && existsSync(join(root, path)),
  );
}

/** Bare names that stand for one file in several folders, or for a file in the folder that is named beside them. */
const bare = /^(?:access-token|jws|signing-key|env|actions|index)\.ts$|^page\.tsx$|^bcrypt-worker\.mjs$/;

describe("ARCHITECTURE.md", () => {
  it("names only paths that exist", () => {
    const missing = sections.flatMap(({ base, title, paths }) =>
      paths.filter((path) => !bare.test(path) && !isThere(base, path)).map((path) => `${title}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it("names enough of them: a pattern that finds none would pass, too", () => {
    expect(sections.flatMap(({ paths }) => paths).length).toBeGreaterThan(150);
  });

  it.each(["login", "refresh", "page load"])("follows one %s through at least six files", (way) => {
    const section = sections.find(({ title }) => title === `One ${way}, file by file`);
    expect(new Set(section?.paths).size).toBeGreaterThan(6);
  });

  it.each(rooms)("lists every folder of %s", (folder) => {
    const folders = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const section = text.split(/^## /m).find((one) => one.startsWith(`\`${folder}\`\n`)) ?? "";
    const missing = folders.map(({ name }) => name).filter((name) => !section.includes(`\n| \`${name}\` `));
    expect(missing).toEqual([]);
  });

  it("no folder has more than 20 sources", () => {
    const folders = sources().map((path) => path.slice(0, path.lastIndexOf("/")));
    const sizes = folders.map((folder) => [folder, folders.filter((other) => other === folder).length] as const);
    expect(sizes.filter(([, files]) => files > 20)).toEqual([]);
  });

  it("has a row for every source, and one only", () => {
    const files = sources();
    expect(files.length).toBeGreaterThan(400);
    expect(files.filter((path) => !rows.includes(path))).toEqual([]);
    expect(rows.filter((path, at) => rows.indexOf(path) !== at)).toEqual([]);
  });
});

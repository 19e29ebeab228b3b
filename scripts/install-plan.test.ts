import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planInstall } from "./install-plan.mjs";

const lock = "0f";
const fresh = { whole: false, lock, abi: "115", stamp: "", hasTestTools: false };
const lean = `${lock} 115 lean`;
const whole = `${lock} 115 whole`;

describe("what is installed", () => {
  it("a start of a fresh clone installs what runs and builds, and a test of it everything", () => {
    expect(planInstall(fresh)).toEqual({ packages: "lean", driver: true, stamp: lean });
    expect(planInstall({ ...fresh, whole: true })).toEqual({ packages: "whole", driver: true, stamp: whole });
  });

  it("a second start installs nothing, and neither does a second test", () => {
    expect(planInstall({ ...fresh, stamp: lean })).toEqual({ packages: undefined, driver: false, stamp: lean });
    const tested = { ...fresh, hasTestTools: true, stamp: whole };
    expect(planInstall({ ...tested, whole: true })).toEqual({ packages: undefined, driver: false, stamp: whole });
  });

  it("a test after a start installs the rest, and a start after a test takes nothing away", () => {
    expect(planInstall({ ...fresh, whole: true, stamp: lean })).toMatchObject({ packages: "whole", stamp: whole });
    const tested = { ...fresh, hasTestTools: true };
    expect(planInstall({ ...tested, stamp: whole })).toEqual({ packages: undefined, driver: false, stamp: whole });
    // Another lockfile has come, or all of it was installed by hand.
    expect(planInstall({ ...tested, stamp: "f0 115 whole" })).toMatchObject({ packages: "whole", stamp: whole });
    expect(planInstall({ ...tested, stamp: "" })).toMatchObject({ packages: "whole", stamp: whole });
  });

  it("another Node gets its SQLite, and no packages", () => {
    const other = { ...fresh, abi: "127" };
    expect(planInstall({ ...other, stamp: lean })).toEqual({
      packages: undefined,
      driver: true,
      stamp: `${lock} 127 lean`,
    });
    expect(planInstall({ ...other, stamp: whole })).toMatchObject({ packages: undefined, stamp: `${lock} 127 whole` });
  });
});

type Lock = {
  importers: Record<string, Record<string, Record<string, { version: string }>>>;
  snapshots: Record<string, Record<string, Record<string, string>>>;
};

const root = fileURLToPath(new URL("..", import.meta.url));
const { importers, snapshots } = parse(readFileSync(join(root, "pnpm-lock.yaml"), "utf8")) as Lock;

/** The names of all packages that an install without `devDependencies` brings. */
function leanPackages(): Set<string> {
  const found = new Set<string>();
  const visit = (name: string, version: string) => {
    if (version.startsWith("link:")) return;
    const key = `${name}@${version}` in snapshots ? `${name}@${version}` : version;
    if (found.has(key)) return;
    found.add(key);
    const { dependencies = {}, optionalDependencies = {} } = snapshots[key] ?? {};
    for (const [next, at] of Object.entries({ ...dependencies, ...optionalDependencies })) visit(next, at);
  };
  for (const { dependencies = {} } of Object.values(importers)) {
    for (const [name, { version }] of Object.entries(dependencies)) visit(name, version);
  }
  return new Set([...found].map((key) => key.slice(0, key.indexOf("@", 1))));
}

describe("what `npm start` installs", () => {
  it("holds what runs and builds, and no tool that checks, tests or measures", () => {
    const names = leanPackages();
    for (const name of ["next", "react", "better-sqlite3", "turbo", "esbuild", "typescript"]) {
      expect([name, names.has(name)]).toEqual([name, true]);
    }
    const tools =
      /vitest|vite$|playwright|chromium|stryker|biome|knip|dependency-cruiser|sherif|cdxgen|axe|autocannon|babel/;
    expect([...names].filter((name) => tools.test(name))).toEqual([]);
    expect(names.size).toBeLessThan(200);
  });

  it("is all that the scripts of a start load", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const started = ["start", "prepare", "operate", "build-command", "env-file", "install-plan", "sqlite-driver"];
    const imported = started.flatMap((name) => {
      const source = readFileSync(join(root, "scripts", `${name}.mjs`), "utf8");
      return [...source.matchAll(/(?:from|import\() ?"(?!node:|\.)([^"]+)"/g)].map(([, specifier]) => specifier);
    });
    expect([...new Set(imported)]).toEqual(["esbuild"]);
    expect(Object.keys(dependencies)).toContain("esbuild");
    expect(readdirSync(join(root, "scripts"))).toEqual(expect.arrayContaining(started.map((name) => `${name}.mjs`)));
  });
});

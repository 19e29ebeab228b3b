import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";

/** The first version of each package that has the fix of every advisory in `docs/advisories.md` that names it. */
const fixedIn: Record<string, string> = {
  "@trpc/server": "11.8.0",
  "drizzle-orm": "0.45.2",
  jose: "4.15.5",
  next: "16.2.11",
  nodemailer: "9.0.1",
  react: "19.2.8",
  "react-dom": "19.2.8",
  uuid: "13.0.1",
};

const { packages } = parse(readFileSync(new URL("../pnpm-lock.yaml", import.meta.url), "utf8")) as {
  packages: Record<string, unknown>;
};
const locked = Object.keys(packages).map((name) => {
  const at = name.lastIndexOf("@");
  return [name.slice(0, at), name.slice(at + 1)] as const;
});

it("no package in the lockfile is older than the fix of an advisory that is listed here", () => {
  for (const [name, fixed] of Object.entries(fixedIn)) {
    const versions = locked.filter(([one]) => one === name).map(([, version]) => version);
    expect(versions, name).not.toEqual([]);
    for (const version of versions) expect(isAtLeast(version, fixed), `${name} ${version}`).toBe(true);
  }
});

function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, part] of (other ?? []).entries()) {
    const difference = (one?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

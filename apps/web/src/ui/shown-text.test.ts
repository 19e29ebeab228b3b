import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const sources = fileURLToPath(new URL("..", import.meta.url));

/** A text that a person chose, as the only thing in an element: the element has to be one that isolates. */
const shown =
  /<(?<tag>[\w.]+)[^<>]*>\s*\{(?!\/\*)(?<text>[^{}<>]*\b(?:username|email|identifier|(?:user|file)\.name|shownName\([^)]*\))[^{}<>]*)\}/g;

function elementsAround(source: string): string[] {
  return [...source.matchAll(shown)].map(({ groups }) => `<${groups?.tag}>{${groups?.text}}`);
}

it("every username, email, name and file name of a person stands in a <bdi>, or is isolated otherwise (P10)", () => {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
  const found = files.flatMap((name) => elementsAround(readFileSync(join(sources, name), "utf8")));
  expect(found.filter((element) => element.startsWith("<bdi>")).length).toBeGreaterThan(8);
  expect(found.filter((element) => !element.startsWith("<bdi>") && !element.includes("isolated("))).toEqual([]);
});

it("finds one that does not", () => {
  expect(elementsAround("<p className={a}>\n  {login.user.name}\n</p>")).toEqual(["<p>{login.user.name}"]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.ts";

const web = fileURLToPath(new URL("../apps/web/", import.meta.url));

/** A word from each side of it: the panel, its switches, the record of the server, the endpoint, the header of a tab. */
const traces = [
  "watchword-devtools",
  "Race five tabs",
  "replay_older",
  "watchword.tab",
  "x-watchword-tab",
  "losesNextReply",
  "/api/devtools",
];

function textsBelow(folder: string, without: (path: string) => boolean = () => false): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry, path }) => entry.isFile() && !without(path))
    .map(({ path }) => readFileSync(path, "latin1"));
}

test("a build holds nothing of the devtools, neither for browsers nor for the server", () => {
  // Words that the devtools no longer have would prove nothing.
  const source = textsBelow(join(web, "src/devtools")).join("\n");
  for (const trace of traces) expect(source.includes(trace), trace).toBe(true);

  const notBuilt = [join(web, ".next/dev"), join(web, ".next/cache")];
  const built = textsBelow(join(web, ".next"), (path) => notBuilt.some((folder) => path.startsWith(`${folder}/`)));
  expect(built.length).toBeGreaterThan(100);
  // The maps of a build name each file that is in it.
  const files = built.flatMap((text) => text.match(/src\/devtools\/[\w.-]+/g) ?? []);
  expect([...new Set(files)]).toEqual(["src/devtools/absent.ts"]);
  for (const trace of traces) {
    expect(built.filter((text) => text.includes(trace)).length, trace).toBe(0);
  }
});

test("the built app has no endpoint of the devtools, and its pages no panel", async ({ page, context, logIn }) => {
  await logIn(context);
  expect((await page.request.get("/api/devtools")).status()).toBe(404);
  const thrown = await page.request.post("/api/devtools", { data: { switch: "expire_access" } });
  // No route is there, so the POST counts as one to a page: and no page takes JSON.
  expect(thrown.status()).toBe(415);
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Devtools" })).toHaveCount(0);
});

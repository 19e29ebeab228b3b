// Starts the built app for the browser tests, or with `--dev` the reloading one.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { serveApp } from "./next-server.mjs";

const web = fileURLToPath(new URL("../apps/web", import.meta.url));
const mode = process.argv.includes("--dev") ? "dev" : "start";
// What an earlier run compiled, unless somebody's `npm run dev` is at work in it: then Next says so, and does not start.
const compiled = join(web, ".next", "dev");
if (mode === "dev" && !existsSync(join(compiled, "lock"))) {
  rmSync(join(compiled, "cache"), { recursive: true, force: true });
}
serveApp(web, mode);
if (mode === "dev") compileEarly(`${process.env.APP_URL}/api/trpc/auth.me`);

/** Asks for what every page asks for, until there is an answer: it is compiled while other journeys are under way. */
async function compileEarly(url) {
  for (let tries = 0; tries < 120; tries += 1) {
    if (await fetch(url).then(Boolean, () => false)) return;
    await setTimeout(1_000);
  }
}

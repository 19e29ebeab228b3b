// Makes ready what `npm run bench peers` measures: the app, its router behind the fetch handler alone, and the packages of the other
// contestants. Those are a workspace of their own, which nothing else installs.
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, install, root, run, say } from "./prepare.mjs";

const contestants = join(root, "bench", "peers", "contestants");
const source = join(root, "bench", "peers", "product", "product-fetch.ts");
// Beside the driver's package, so that the bundle finds it as the source does.
const bundle = join(root, "packages", "db", "node_modules", ".cache", "bench-peers", "product-fetch.mjs");

install({ whole: true });
build();
say("Installing the contestants");
run("pnpm", ["--dir", contestants, "install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"]);
say("Bundling");
run("esbuild", [
  source,
  `--outfile=${bundle}`,
  ...["--bundle", "--platform=node", "--format=esm", "--target=node20.19", "--log-level=warning"],
  // A native part cannot be bundled.
  ...["--external:better-sqlite3", "--external:better-sqlite3-13"],
  // What was written for CommonJS asks for parts of Node by `require`.
  '--banner:js=import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
]);
say("Building Next's own empty pages");
for (const variant of ["empty", "proxy", "nonce"]) buildNext(variant);

/** A build of `contestants/next` with one of its proxies, or none, in a folder of its own; kept as long as its sources are the same. */
function buildNext(variant) {
  // Not below node_modules, where Next takes sources for built ones.
  const folder = join(contestants, "dist", `next-${variant}`);
  if (existsSync(join(folder, ".next", "BUILD_ID"))) return;
  rmSync(folder, { recursive: true, force: true });
  const source = join(contestants, "next");
  for (const part of ["app", "next.config.mjs"]) cpSync(join(source, part), join(folder, part), { recursive: true });
  const proxy = { proxy: "empty.js", nonce: "nonce.js" }[variant];
  if (proxy) cpSync(join(source, "proxies", proxy), join(folder, "proxy.js"));
  run(join(contestants, "node_modules", ".bin", "next"), ["build", folder]);
}

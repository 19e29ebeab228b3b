// `npm run keys`, `npm run role` and `npm run users`: what an operator does beside the running app. Bundled at each call, which takes a fraction of a second,
// so that it is always of the version that is checked out.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkNode, install, readSettings, root } from "./prepare.mjs";

checkNode();
process.chdir(root);
readSettings();
install();
const { build } = await import("esbuild");
const web = join(root, "apps", "web");
const outfile = join(web, "node_modules", ".cache", "operate.mjs");
await build({
  entryPoints: [join(web, "src", "boot", "operator.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["better-sqlite3", "better-sqlite3-13"],
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);

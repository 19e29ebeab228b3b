// Builds the command into one file with everything in it: it starts faster than a tree of packages, and it runs from wherever
// it is copied to. `node scripts/build-command.mjs [folder]`
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What may end up in the command, besides our own client. The build fails when anything else does: server code, say. */
const allowed = new Set([
  "@clack/core",
  "@clack/prompts",
  "@trpc/client",
  "@trpc/server",
  "commander",
  "fast-string-truncated-width",
  "fast-string-width",
  "fast-wrap-ansi",
  "sisteransi",
]);

const cli = fileURLToPath(new URL("../apps/cli", import.meta.url));
const [, , folder = join(cli, "dist")] = process.argv;

const { outputFiles, metafile } = await build({
  absWorkingDir: cli,
  entryPoints: ["src/main.ts"],
  outfile: join(folder, "main.mjs"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  metafile: true,
  write: false,
  // What was written for CommonJS asks for parts of Node by `require`.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "warning",
});

const strangers = [...new Set(Object.keys(metafile.inputs).map(packageOf))].filter(
  (name) => name !== undefined && !allowed.has(name),
);
if (strangers.length > 0) {
  process.stderr.write(`Not allowed in the command: ${strangers.join(", ")}. See scripts/build-command.mjs\n`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
for (const { path, contents } of outputFiles) writeFileSync(path, contents);

/** The package that a file is of, or undefined for a file of this project. */
function packageOf(file) {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}

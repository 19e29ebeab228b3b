// Tests start processes by the dozen. Compiled by a loader in each of them, a start takes a second of a core, most of it
// for compiling the same files again; so each `*.child.ts` is bundled once, before the tests, and starts in a fifth of that.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const workspaces = ["packages", "apps"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(folder, name)),
);

/** Vitest calls this before the tests, and gives them what is provided: the bundle of each source. */
export async function setup(project) {
  project.provide("childPrograms", await bundleAll());
  project.onTestsRerun(bundleAll);
}

async function bundleAll() {
  return Object.fromEntries((await Promise.all(workspaces.map(bundleThoseOf))).flat());
}

/** What a source looks for beside itself, such as a worker, is beside the source and not beside the bundle. */
const besideTheSource = {
  name: "beside-the-source",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/](?:packages|apps)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
      loader: "ts",
    }));
  },
};

async function bundleThoseOf(workspace) {
  const source = join(root, workspace, "src");
  const sources = readdirSync(source, { recursive: true }).filter((name) => name.endsWith(".child.ts"));
  // Within the workspace, so that what is not bundled is found as it is from the source.
  const outdir = join(root, workspace, "node_modules", ".cache", "child-programs");
  await build({
    entryPoints: sources.map((name) => join(source, name)),
    outdir,
    outbase: source,
    bundle: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // A native part cannot be bundled.
    external: ["better-sqlite3", "better-sqlite3-13"],
    // As in vitest.config.ts: what marks code as the server's has nothing to say on a server.
    alias: { "server-only": join(root, "apps", "web", "node_modules", "server-only", "empty.js") },
    // What was written for CommonJS asks for parts of Node by `require`.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    plugins: [besideTheSource],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return sources.map((name) => [join(source, name), join(outdir, name.replace(/\.ts$/, ".mjs"))]);
}

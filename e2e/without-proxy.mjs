// Starts the built app with `proxy.ts` taken out, to show that it guards nothing. What a build without that file would
// lack is removed from a copy of the build: the proxy's bundle, and the line that has Next call it.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveApp } from "./next-server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = join(root, "apps", "web");
// As deep below the root as the original, because the build's links into node_modules are relative.
const copy = join(root, "test-results", "web-without-proxy");

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
const left = ["cache", "dev"].map((name) => join(web, ".next", name));
cpSync(join(web, ".next"), join(copy, ".next"), {
  recursive: true,
  verbatimSymlinks: true,
  filter: (path) => !left.includes(path),
});
for (const name of ["next.config.mjs", "package.json", "tsconfig.json", "serve.mjs", "listen-address.mjs", "src"])
  cpSync(join(web, name), join(copy, name), { recursive: true });
symlinkSync(join(web, "node_modules"), join(copy, "node_modules"));
rmSync(join(copy, "src", "proxy.ts"));

const server = join(copy, ".next", "server");
rmSync(join(server, "middleware.js"));
const manifest = join(server, "functions-config-manifest.json");
const { functions, ...rest } = JSON.parse(readFileSync(manifest, "utf8"));
if (!("/_middleware" in functions)) throw new Error("The build has no proxy to take out");
delete functions["/_middleware"];
writeFileSync(manifest, JSON.stringify({ ...rest, functions }));

// As `npm start` does, because a page needs a nonce for its scripts: without the proxy only our own server draws one.
serveApp(copy, "start");

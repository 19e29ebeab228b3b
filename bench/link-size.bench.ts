// How much does a browser load for silent refresh, beyond tRPC itself?
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** The bundler that `tsx`, which runs this file, brings along. */
interface Bundler {
  buildSync(options: Record<string, unknown>): { outputFiles: Array<{ contents: Uint8Array }> };
}

const { buildSync }: Bundler = createRequire(import.meta.resolve("tsx"))("esbuild");
const client = fileURLToPath(new URL("../packages/auth/src/client/", import.meta.url));

function bundle(contents: string, minify = true): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: client, loader: "ts" },
    external: ["@trpc/*"],
    bundle: true,
    write: false,
    minify,
    platform: "browser",
    format: "esm",
    target: "es2022",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

const everything = 'export * from "./index.ts"';
const inABrowser = 'export { createCookieSession, isTerminal, reasonOf, refreshLink } from "./index.ts"';
const gzipped = (contents: string) => gzipSync(bundle(contents), { level: 9 }).length;

console.log(`  as written:            ${bundle(everything, false).length} bytes`);
console.log(`  minified:              ${bundle(everything).length} bytes`);
console.log(`  and gzipped:           ${gzipped(everything)} bytes (at most 5000)`);
console.log(`  what a page needs:     ${gzipped(inABrowser)} bytes of these`);

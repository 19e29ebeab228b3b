import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

/** The bundler that vitest itself brings along. */
interface Bundler {
  buildSync(options: Record<string, unknown>): { outputFiles: Array<{ contents: Uint8Array }> };
}

it("all of @watchword/auth/client, minified and gzipped, takes less than 5000 bytes beyond tRPC", () => {
  const vite = createRequire(createRequire(import.meta.url).resolve("vitest/package.json")).resolve(
    "vite/package.json",
  );
  const { buildSync }: Bundler = createRequire(vite)("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL("./index.ts", import.meta.url))],
    external: ["@trpc/*"],
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
  });
  const bytes = gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length;
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(5000);
});

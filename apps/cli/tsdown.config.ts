import { defineConfig } from "tsdown";

/** What may end up in the command, besides our own client. The build fails when anything else does: server code, say. */
const bundled = [
  "@clack/core",
  "@clack/prompts",
  "@trpc/client",
  "@trpc/server",
  "commander",
  "fast-string-truncated-width",
  "fast-string-width",
  "fast-wrap-ansi",
  "sisteransi",
];

/** One file with everything in it: it starts faster than a tree of packages, and it runs from wherever it is copied to. */
export default defineConfig({
  entry: { main: "src/main.ts" },
  outDir: "dist",
  format: "esm",
  platform: "node",
  target: "node20.19",
  fixedExtension: true,
  dts: false,
  deps: { alwaysBundle: /^[^./]/, onlyBundle: bundled },
});

import { join } from "node:path";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";
import { apiPolicy, everywhere, pagePolicy } from "./src/http/response-headers.mjs";

/** @type {import("next").NextConfig} */
const config = {
  // The packages are TypeScript source: no build step of their own, and types flow.
  transpilePackages: ["@watchword/api", "@watchword/auth", "@watchword/db"],
  // A native part cannot be bundled.
  serverExternalPackages: ["better-sqlite3", "better-sqlite3-13"],
  turbopack: { root: join(import.meta.dirname, "../..") },
  // `npm test` and `pnpm typecheck` check the types, with the compiler of the project.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // A page is loaded when it is first asked for: most processes never show them all, and the first answer does not wait for them.
  experimental: { preloadEntriesOnStart: false },
  // Nothing uses it: what would fetch and decode images answers 404.
  images: { unoptimized: true },
  headers: async () => [
    { source: "/:path*", headers: Object.entries(everywhere).map(([key, value]) => ({ key, value })) },
    { source: "/((?!api/).*)", headers: [{ key: "Content-Security-Policy", value: pagePolicy }] },
    { source: "/api/:path*", headers: [{ key: "Content-Security-Policy", value: apiPolicy }] },
  ],
  // The page for the worst case is rendered once, and is a page that caches would keep. By its address it is not to be had.
  rewrites: async () => ({
    beforeFiles: [{ source: "/_global-error", destination: "/_not-found" }],
    afterFiles: [],
    fallback: [],
  }),
};

/**
 * Routes that end in `.dev.ts` are there for `next dev` alone. To a build they are files like any other, and no routes.
 *
 * @type {import("next").NextConfig}
 */
const development = {
  ...config,
  pageExtensions: ["dev.ts", "ts", "tsx"],
  // The devtools ask once a second; a line for each request would hide all others.
  logging: { incomingRequests: { ignore: [/^\/api\/devtools/] } },
};

/** @param {string} phase */
export default function configFor(phase) {
  return phase === PHASE_DEVELOPMENT_SERVER ? development : config;
}

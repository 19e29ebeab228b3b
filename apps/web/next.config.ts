import { join } from "node:path";
import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";
import { apiPolicy, everywhere, pagePolicy } from "./src/http/answer-headers.ts";

const config: NextConfig = {
  // The packages are TypeScript source: no build step of their own, and types flow.
  transpilePackages: ["@watchword/api", "@watchword/auth", "@watchword/db"],
  // A native part cannot be bundled.
  serverExternalPackages: ["better-sqlite3", "better-sqlite3-13"],
  turbopack: { root: join(import.meta.dirname, "../..") },
  // `npm test` and `pnpm typecheck` check the types, with the compiler of the project.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  headers: async () => [
    { source: "/:path*", headers: Object.entries(everywhere).map(([key, value]) => ({ key, value })) },
    { source: "/((?!api/).*)", headers: [{ key: "Content-Security-Policy", value: pagePolicy }] },
    { source: "/api/:path*", headers: [{ key: "Content-Security-Policy", value: apiPolicy }] },
  ],
};

/** Routes that end in `.dev.ts` are there for `next dev` alone. To a build they are files like any other, and no routes. */
const development: NextConfig = {
  ...config,
  pageExtensions: ["dev.ts", "ts", "tsx"],
  // The instrument looks once a second; a line for each look would hide all others.
  logging: { incomingRequests: { ignore: [/^\/api\/instrument/] } },
};

export default function configFor(phase: string): NextConfig {
  return phase === PHASE_DEVELOPMENT_SERVER ? development : config;
}

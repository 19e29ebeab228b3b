import { join } from "node:path";

// As the product is served: `apps/web/next.config.mjs`.
export default {
  poweredByHeader: false,
  images: { unoptimized: true },
  // Each copy is built in a folder of its own below the workspace.
  turbopack: { root: join(import.meta.dirname, "..", "..") },
};

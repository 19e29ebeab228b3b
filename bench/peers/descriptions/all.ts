import type { Description } from "./description.ts";
import { nodeHttp, trpcStandalone } from "./limits.ts";
import { nextEmpty, nextNonce, nextProxy } from "./next.ts";
import { authJs, betterAuth, betterAuthCached, tutorial } from "./peers.ts";
import { productByBearer, productByCookie, productByFetch } from "./product.ts";

/** Every contestant, in the order of the tables. */
export const descriptions: readonly Description[] = [
  nodeHttp,
  trpcStandalone,
  productByBearer,
  productByCookie,
  productByFetch,
  tutorial,
  betterAuth,
  betterAuthCached,
  authJs,
  nextEmpty,
  nextProxy,
  nextNonce,
];

/** What the others are held against. */
export const yardsticks = { carrier: trpcStandalone.name, login: tutorial.name, page: nextNonce.name };

import { AuthError } from "../../core/domain/errors.ts";
import type { Auth, AuthKeys } from "../../core/index.ts";

const cacheSeconds = 3_600;
const published = new Set(["next", "signing", "verifying"]);

/**
 * The response to `/.well-known/jwks.json` (RFC 7517 section 5): the public halves of the keys that sign, that will, and whose
 * tokens have not all run out. Keys are in it a day before they sign, so a copy of an hour is never too old; after an
 * emergency it is, for that hour, and services that cannot wait ask again for a key id that they do not know.
 *
 * Responds with 503 while the keys cannot be read.
 */
export async function publicKeySet({ keys }: Pick<Auth, "keys">): Promise<Response> {
  try {
    return keySetResponse(await keys.list());
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return new Response(null, { status: error.status, headers: { "retry-after": "1", "cache-control": "no-store" } });
  }
}

function keySetResponse({ keys }: Awaited<ReturnType<AuthKeys["list"]>>): Response {
  const set = keys
    .filter(({ state }) => published.has(state))
    .map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: "EdDSA", use: "sig" }));
  return new Response(JSON.stringify({ keys: set }), {
    headers: {
      "content-type": "application/jwk-set+json",
      "cache-control": `public, max-age=${cacheSeconds}`,
      "access-control-allow-origin": "*", // all of it is public
      "x-content-type-options": "nosniff",
    },
  });
}

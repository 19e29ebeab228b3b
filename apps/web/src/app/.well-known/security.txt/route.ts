import { clock } from "../../../boot/rules.ts";
import { securityText } from "../../../server/security-text.ts";
import { getServer } from "../../../server/server.ts";

/** Where to report a flaw (RFC 9116). 404 until `SECURITY_CONTACT` is set. */
export function GET(): Response {
  const { env } = getServer();
  const text = securityText(env, clock.now());
  if (text === undefined) return new Response(null, { status: 404 });
  return new Response(text, {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=86400" },
  });
}

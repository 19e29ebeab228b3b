import type { AuthErrorReason } from "../../core/domain/errors.ts";
import type { ErrorPayload } from "../errors.ts";

/** RFC 6750 section 3.1, and RFC 9470 section 3 for a password that was given too long ago. */
const codes: Partial<Record<AuthErrorReason, string>> = {
  access_token_invalid: "invalid_token",
  access_token_expired: "invalid_token",
  session_revoked: "invalid_token",
  session_expired: "invalid_token",
  refresh_token_reused: "invalid_token",
  forbidden: "insufficient_scope",
  reauthentication_required: "insufficient_user_authentication",
};

/**
 * The `WWW-Authenticate` of a rejection (RFC 9110 section 11.6.1, RFC 6750 section 3). Every 401 has one; a client that sent no token
 * learns how to send one, and gets no error code. Undefined where no other token could help.
 *
 * @param status of the whole response
 * @param stepUpMaxAgeSeconds how recently the password must have been given
 */
export function challengeOf(
  { reason, message }: Pick<ErrorPayload, "reason" | "message">,
  status: number,
  stepUpMaxAgeSeconds: number,
): string | undefined {
  const code = codes[reason];
  if (code === undefined) return status === 401 ? scheme : undefined;
  const maxAge = reason === "reauthentication_required" ? `, max_age="${stepUpMaxAgeSeconds}"` : "";
  return `${scheme}, error="${code}", error_description="${quotable(message)}"${maxAge}`;
}

const scheme = 'Bearer realm="watchword"';

/** What may stand in an `error_description`: printable ASCII without quotes and backslashes (RFC 6750 section 3). */
function quotable(sentence: string): string {
  return sentence.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "");
}

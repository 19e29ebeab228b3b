import { AuthError } from "../domain/errors.ts";
import type { ClientInfo } from "../domain/model.ts";
import { emailLimitKey, enqueueEmail } from "../email/outbox.ts";
import { canonicalEmail, emailKey, validateEmail } from "../identifiers/account-text.ts";
import type { AuthDeps } from "./deps.ts";

/** What somebody without a login asks for: a mail to an address that may be anybody's. */
export interface EmailRequestInput {
  email: string;
  /** Where it came from, where that is known: for the mail and the timeline. */
  client?: ClientInfo | undefined;
}

/**
 * Writes down what was asked for, by the same statement for every address, and looks nothing up: whether there is such an
 * account is asked when the mail is sent, after the answer. So known and unknown cost the same (fault case P14).
 *
 * @throws {AuthError} `validation_failed` for what is no address, `rate_limited` by where the request came from
 */
export async function requestEmail(
  deps: Pick<AuthDeps, "rateLimiter" | "clock" | "randomBytes" | "settings" | "store" | "emit">,
  kind: "reset_password" | "register",
  { email, client }: EmailRequestInput,
): Promise<void> {
  const address = checkEmail(email);
  // At the limit of the address the answer is the same: who asks need not be who owns it.
  const addressKey = emailLimitKey(emailKey(address));
  const ask = () => enqueueEmail(deps, { kind, address, addressKey, isLimited: true, client });
  await deps.rateLimiter.mail(client?.ipAddress ?? null, ask, (scope) =>
    deps.emit({ type: "attempts_limited", scope, userId: null, sessionId: null }, client),
  );
}

/**
 * The address in the form that was checked, and that mail is sent to.
 *
 * @throws {AuthError} `validation_failed`
 */
export function checkEmail(typed: string): string {
  const complaint = validateEmail(typed);
  if (complaint) rejectEmail(complaint);
  return canonicalEmail(typed);
}

/** @throws {AuthError} `validation_failed` */
export function rejectEmail(complaint: string): never {
  throw new AuthError("validation_failed", { fields: { email: [complaint] } });
}

import { AuthError } from "../domain/errors.ts";
import type { ClientInfo } from "../domain/model.ts";
import { mailLimitKey, orderMail } from "../email/outbox.ts";
import { canonicalEmail, complainAboutEmail, emailKey } from "../identifiers/account-text.ts";
import type { AuthParts } from "./deps.ts";

/** What somebody without a login asks for: a mail to an address that may be anybody's. */
export interface MailRequest {
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
export async function askByMail(
  parts: AuthParts,
  kind: "reset_password" | "register",
  { email, client }: MailRequest,
): Promise<void> {
  const address = checkEmail(email);
  // At the limit of the address the answer is the same: who asks need not be who owns it.
  const addressKey = mailLimitKey(emailKey(address));
  const ask = () => orderMail(parts, { kind, address, addressKey, isLimited: true, client });
  await parts.attempts.mail(client?.ipAddress ?? null, ask, (scope) =>
    parts.tell({ type: "attempts_limited", scope, userId: null, sessionId: null }, client),
  );
}

/**
 * The address in the form that was checked, and that mail is sent to.
 *
 * @throws {AuthError} `validation_failed`
 */
export function checkEmail(typed: string): string {
  const complaint = complainAboutEmail(typed);
  if (complaint) refuseEmail(complaint);
  return canonicalEmail(typed);
}

/** @throws {AuthError} `validation_failed` */
export function refuseEmail(complaint: string): never {
  throw new AuthError("validation_failed", { fields: { email: [complaint] } });
}

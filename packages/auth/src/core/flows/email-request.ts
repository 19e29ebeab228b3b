import { AuthError } from "../domain/errors.ts";
import type { ClientInfo } from "../domain/model.ts";
import { emailLimitKey, enqueueEmail } from "../email/outbox.ts";
import { canonicalEmail, emailKey, validateEmail } from "../identifiers/email.ts";
import type { AuthDeps } from "./deps.ts";

/** A request without a login for an email to an address that may be of any user, or of none. */
export interface EmailRequestInput {
  email: string;
  /** Where the request came from, where that is known: for the email and the audit log. */
  client?: ClientInfo | undefined;
}

/**
 * Enqueues the email by the same statement for every address, without a read: the account is looked up when the email is
 * sent, after the response. So a known and an unknown address take the same time (fault case P14).
 *
 * @throws {AuthError} `validation_failed` for what is no address, `rate_limited` by where the request came from
 */
export async function requestEmail(
  deps: Pick<AuthDeps, "rateLimiter" | "clock" | "randomBytes" | "settings" | "store" | "emit">,
  kind: "reset_password" | "register",
  { email, client }: EmailRequestInput,
): Promise<void> {
  const address = checkEmail(email);
  // At the limit of the address the output is the same: the caller need not be its owner.
  const addressKey = emailLimitKey(emailKey(address));
  const enqueue = () => enqueueEmail(deps, { kind, address, addressKey, isLimited: true, client });
  await deps.rateLimiter.emailRequest(client?.ipAddress ?? null, enqueue, (scope) =>
    deps.emit({ type: "attempts_limited", scope, userId: null, sessionId: null }, client),
  );
}

/**
 * The address in the form that is validated, and that emails are sent to.
 *
 * @throws {AuthError} `validation_failed`
 */
export function checkEmail(typed: string): string {
  const issue = validateEmail(typed);
  if (issue) rejectEmail(issue);
  return canonicalEmail(typed);
}

/** @throws {AuthError} `validation_failed` */
export function rejectEmail(issue: string): never {
  throw new AuthError("validation_failed", { fields: { email: [issue] } });
}

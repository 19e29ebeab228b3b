import type { RevokedReason, Session, User } from "../domain/model.ts";
import { emailKey } from "../identifiers/email.ts";
import type { OutboxEmail } from "../ports/email-store.ts";

type BoundEmail = Pick<
  OutboxEmail,
  "kind" | "orderedAt" | "boundEmailKey" | "boundCredentialVersion" | "boundSessionId"
>;

/** The user and the session that requested the email, as they are when it is sent; undefined when they are deleted. */
export interface EmailBindingContext {
  user: User | undefined;
  session: Pick<Session, "createdAt" | "revokedAt" | "revokedReason"> | undefined;
  /** The setting of the rules: a session that began before is over, and so are the emails that it requested. */
  sessionsNotBefore: number;
}

/**
 * Whether an email with a link of a known user may still be sent. It is bound to what the user had at the request: a request of
 * a former owner of the password must not count under the credentials of the next one.
 *
 * A change of the address and an invitation need the whole binding, so an email without one is void. A verification of the
 * present address only goes to that address, so an older one may still be sent.
 */
export function decideEmailBinding(
  email: BoundEmail,
  { user, session, sessionsNotBefore }: EmailBindingContext,
): "send" | "void" {
  if (!user || user.disabledAt !== null) return "void";
  const { boundEmailKey, boundCredentialVersion, boundSessionId } = email;
  const isBound = boundEmailKey !== null && boundCredentialVersion !== null;
  if (!isBound) return email.kind === "verify_email" ? "send" : "void";
  if (boundEmailKey !== emailKey(user.email) || boundCredentialVersion !== user.credentialVersion) return "void";
  if (email.kind !== "change_email") return "send";
  if (boundSessionId === null || email.orderedAt < sessionsNotBefore) return "void";
  // A session that has expired and whose row is removed was not revoked: a revocation would have cancelled its emails.
  if (!session) return "send";
  if (session.createdAt < sessionsNotBefore) return "void";
  return session.revokedAt !== null && cancelsEmails(session.revokedReason) ? "void" : "send";
}

/** A user who logs out still wants the change. Every other revocation may come from an attack. */
function cancelsEmails(reason: RevokedReason | null): boolean {
  return reason !== "logout";
}

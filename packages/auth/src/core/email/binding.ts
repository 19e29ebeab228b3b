import type { RevokedReason, Session, User } from "../domain/model.ts";
import { emailKey } from "../identifiers/account-text.ts";
import type { OutboxEmail } from "../ports/email-store.ts";

type BoundOrder = Pick<
  OutboxEmail,
  "kind" | "orderedAt" | "boundEmailKey" | "boundCredentialVersion" | "boundSessionId"
>;

/** Whose order it is and the session that gave it, as they are when the mail is sent; undefined when they are gone. */
export interface EmailBindingContext {
  user: User | undefined;
  session: Pick<Session, "createdAt" | "revokedAt" | "revokedReason"> | undefined;
  /** The setting of the rules: a session that began before is over, and so is what it ordered. */
  sessionsNotBefore: number;
}

/**
 * Whether an order that carries a link of a known user still holds. It is judged by what the user had when they gave it: an
 * order of a former owner of the password must not be carried out with the credentials of the next one.
 *
 * An order to change the address needs the whole binding, so that one from before there were bindings is void. An order to
 * verify the present address was given by whoever has it, and an older one may still be sent there.
 */
export function decideEmailBinding(
  order: BoundOrder,
  { user, session, sessionsNotBefore }: EmailBindingContext,
): "send" | "void" {
  if (!user || user.disabledAt !== null) return "void";
  const { boundEmailKey, boundCredentialVersion, boundSessionId } = order;
  const isBound = boundEmailKey !== null && boundCredentialVersion !== null;
  if (!isBound) return order.kind === "change_email" ? "void" : "send";
  if (boundEmailKey !== emailKey(user.email) || boundCredentialVersion !== user.credentialVersion) return "void";
  if (order.kind !== "change_email") return "send";
  if (boundSessionId === null || order.orderedAt < sessionsNotBefore) return "void";
  // A session that ran out so long ago that its row is gone was not revoked: its orders went in that transaction.
  if (!session) return "send";
  if (session.createdAt < sessionsNotBefore) return "void";
  return session.revokedAt !== null && endsOrders(session.revokedReason) ? "void" : "send";
}

/** A person who logs out has not changed their mind; every other end was somebody else's doing, or an alarm. */
function endsOrders(reason: RevokedReason | null): boolean {
  return reason !== "logout";
}

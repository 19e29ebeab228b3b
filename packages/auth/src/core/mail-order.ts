import type { AuthOptions } from "./config.ts";
import type { AuthEvent } from "./events.ts";
import type { MailOrder } from "./mail-store.ts";
import { type ClientInfo, newId, storableUserAgent } from "./token-issuer.ts";

/** What a mail is about; the rest is drawn and looked up when it is sent. */
export type MailWish = Pick<MailOrder, "kind"> &
  Partial<Pick<MailOrder, "userId" | "address" | "addressKey">> & { client?: ClientInfo | undefined };

type Parts = Pick<AuthOptions, "clock" | "randomBytes">;

/** The order of a mail, which waits in the store until somebody sends it. */
export function mailOrderOf(wish: MailWish, { clock, randomBytes }: Parts): MailOrder {
  const { kind, userId = null, address = null, addressKey = null, client } = wish;
  const now = clock.now();
  return {
    id: newId(now, randomBytes),
    kind,
    userId,
    address,
    addressKey,
    orderedAt: now,
    userAgent: storableUserAgent(client?.userAgent ?? null),
    ipAddress: client?.ipAddress ?? null,
  };
}

/**
 * Orders what tells somebody that a thing has happened, and waits for nobody: it has happened, and a mail that cannot be
 * ordered takes nothing back. What is lost is told as an event.
 */
export function createMailNotice(
  parts: Parts & Pick<AuthOptions, "store">,
  lost: (event: AuthEvent) => void,
): (wish: MailWish) => void {
  return (wish) => {
    const isLost = () => lost({ type: "mail_order_lost", kind: wish.kind });
    try {
      parts.store.orderMail(mailOrderOf(wish, parts)).catch(isLost);
    } catch {
      isLost(); // a store that does not even answer with a promise
    }
  };
}

export const hourMs = 3_600_000;

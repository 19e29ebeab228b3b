import type { Session, User } from "../../domain/model.ts";
import { noticeTo } from "../../email/outbox.ts";
import type { AuthDeps } from "../deps.ts";

/**
 * Sends the user an email about a login from a browser and system that no earlier login came from, as far as the audit log
 * goes back. The login does not wait for it.
 *
 * The user is the one that was read together with the password that matched.
 */
export function createNewDeviceAlert({ store, sendEmail }: Pick<AuthDeps, "store" | "sendEmail">) {
  return (user: User, session: Pick<Session, "id" | "userAgent" | "ipAddress">): void => {
    const { id, userAgent, ipAddress } = session;
    const alertIfNew = async () => {
      const earlier = await store.listDevices({ userId: user.id, exceptSessionId: id });
      if (earlier.some((known) => isSameKind(known, userAgent))) return;
      sendEmail(noticeTo("new_device", user, { userAgent, ipAddress }));
    };
    // A lost alert is acceptable: the login is in the audit log in any case.
    alertIfNew().catch(() => undefined);
  };
}

/** The same browser on the same system. Versions are ignored: they change every month. */
export function isSameKind(one: string | null, other: string | null): boolean {
  return withoutVersions(one) === withoutVersions(other);
}

function withoutVersions(userAgent: string | null): string {
  return (userAgent ?? "").replace(/\d[\w.]*/g, "");
}

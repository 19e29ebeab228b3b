import type { Session, User } from "../domain/model.ts";
import { noticeTo } from "../email/outbox.ts";
import type { AuthDeps } from "./deps.ts";

/**
 * Tells the owner by mail of a login from a browser and system that none of their earlier ones came from, as far as the
 * timeline goes back. Waits for nobody: whoever gave the right password is logged in.
 *
 * The user is the one that was read together with the password that matched.
 */
export function createNewDeviceNotice({ store, sendEmail }: Pick<AuthDeps, "store" | "sendEmail">) {
  return (user: User, session: Pick<Session, "id" | "userAgent" | "ipAddress">): void => {
    const { id, userAgent, ipAddress } = session;
    const look = async () => {
      const earlier = await store.listDevices({ userId: user.id, exceptSessionId: id });
      if (earlier.some((known) => isSameKind(known, userAgent))) return;
      sendEmail(noticeTo("new_device", user, { userAgent, ipAddress }));
    };
    // A notice that is late or lost opens no door; the login stands in the timeline in any case.
    look().catch(() => undefined);
  };
}

/** The same browser on the same system: their versions grow every month, and are nobody's news. */
export function isSameKind(one: string | null, other: string | null): boolean {
  return withoutVersions(one) === withoutVersions(other);
}

function withoutVersions(userAgent: string | null): string {
  return (userAgent ?? "").replace(/\d[\w.]*/g, "");
}

import type { AuthParts } from "./auth.ts";
import type { SessionFacts } from "./store.ts";

/**
 * Tells the owner by mail of a login from a browser and system that none of their earlier ones came from, as far as the
 * timeline goes back. Waits for nobody: whoever gave the right password is logged in.
 */
export function createNewDeviceNotice({ store, notify }: Pick<AuthParts, "store" | "notify">) {
  return (session: Pick<SessionFacts, "id" | "userId" | "userAgent" | "ipAddress">): void => {
    const { id, userId, userAgent, ipAddress } = session;
    const look = async () => {
      const earlier = await store.listDevices({ userId, exceptSessionId: id });
      if (earlier.some((known) => isSameKind(known, userAgent))) return;
      notify({ kind: "new_device", userId, client: { userAgent, ipAddress } });
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

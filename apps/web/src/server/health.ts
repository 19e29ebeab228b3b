import { type Auth, AuthError } from "@watchword/auth/core";

export interface Health {
  status: 200 | 503;
  body:
    | { status: "ok" | "degraded"; signingKeys: Array<{ kid: string; state: string }>; unreadableKeys: string[] }
    | { status: "unavailable" };
}

/**
 * Asks the database for the signing keys, as every call does. `unreadableKeys` has those that other processes sign with and
 * this one cannot open, because they were given another `AUTH_SECRET`: each then costs its clients a refresh with every
 * change of the server, until all have the same. Nothing in the answer is secret.
 */
export async function healthOf({ keys }: Pick<Auth, "keys">): Promise<Health> {
  try {
    const { keys: known, unreadable } = await keys.list();
    const signingKeys = known.map(({ kid, state }) => ({ kid, state }));
    const status = unreadable.length === 0 ? "ok" : "degraded";
    return { status: 200, body: { status, signingKeys, unreadableKeys: unreadable } };
  } catch (error) {
    if (error instanceof AuthError) return { status: 503, body: { status: "unavailable" } };
    throw error;
  }
}

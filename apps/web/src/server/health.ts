import { type Auth, AuthError } from "@watchword/auth/core";

export interface Health {
  status: 200 | 503;
  body: { status: "ok" | "unavailable" };
}

/**
 * Whether this process can serve: it asks the database for the signing keys, as every call does. Any client may ask, so it says
 * nothing else: what an operator wants to know of the keys is said by `npm run keys -- list` and by the log (`key-watch.ts`).
 */
export async function healthOf({ keys }: Pick<Auth, "keys">): Promise<Health> {
  try {
    await keys.list();
    return { status: 200, body: { status: "ok" } };
  } catch (error) {
    if (error instanceof AuthError) return { status: 503, body: { status: "unavailable" } };
    throw error;
  }
}

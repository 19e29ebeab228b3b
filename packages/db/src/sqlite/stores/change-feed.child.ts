import type { StoredSession } from "@watchword/auth/core";
import { openSqlite } from "../connection/connection.ts";
import { createSqliteAuthStore } from "./auth-store.ts";

/** Begins each session that it is sent and ends it again: `node change-feed.child.mjs <database>`. */
export type Question = { sessions: Array<Omit<StoredSession, "familyHash" | "nextHash" | "lastUsedHash" | "salt">> };
export type Reply = "ready" | "done" | { failed: string };

const [file = ""] = process.argv.slice(2);
const store = createSqliteAuthStore(openSqlite({ file, retryForMs: 15_000 }));

process.on("message", ({ sessions }: Question) => {
  void write(sessions).then(
    () => process.send?.("done" satisfies Reply),
    (error: unknown) => process.send?.({ failed: String(error) } satisfies Reply),
  );
});
process.once("disconnect", () => process.exit());
process.send?.("ready" satisfies Reply);

async function write(sessions: Question["sessions"]): Promise<void> {
  const octets = { familyHash: bytes(32), nextHash: bytes(32), lastUsedHash: null, salt: bytes(16) };
  for (const session of sessions) {
    await store.createSession({ ...session, ...octets });
    await store.revokeSession({ sessionId: session.id, reason: "logout", now: session.createdAt });
  }
}

function bytes(length: number): Uint8Array {
  return new Uint8Array(length);
}

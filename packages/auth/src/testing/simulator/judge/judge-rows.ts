import type { StoredSession } from "../../../core/domain/model.ts";
import { parseRefreshToken } from "../../../core/tokens/refresh-token.ts";
import { hex, type KnownSession } from "../model/ledger.ts";
import { insist } from "./invariant.ts";
import type { JudgedWorld } from "./judged-world.ts";

/** Looks at every session's row, past the servers, and compares it with what is known. */
export async function checkRows(world: JudgedWorld): Promise<void> {
  const { ledger } = world;
  if (ledger.wrong) throw ledger.wrong;
  for (const session of ledger.sessions.values()) {
    const found = await world.store.findStoredSession(session.id);
    insist(found !== undefined, "S6", () => `session ${session.name} is gone`);
    checkRow(world, session, found.session);
    const dead = found.session.revokedAt !== null || found.session.credentialVersion !== found.user.credentialVersion;
    if (dead) session.endedAt ??= ledger.step;
    session.row = found.session;
  }
}

function checkRow(world: JudgedWorld, session: KnownSession, row: StoredSession): void {
  const { name, row: before } = session;
  insist(row.generation === session.rotations, "S2", () => {
    return `session ${name} is at generation ${row.generation} after ${session.rotations} rotations`;
  });
  insist(
    hex(row.nextHash) === session.live,
    "S1",
    () => `session ${name} accepts another token than the last one made`,
  );
  insist(row.expiresAt === before.expiresAt, "S3", () => `the absolute end of session ${name} was moved`);
  if (before.revokedAt !== null) {
    const same = row.revokedAt === before.revokedAt && row.revokedReason === before.revokedReason;
    insist(same && row.generation === before.generation, "S3", () => `session ${name} was changed after its end`);
  }
  if (before.revokedAt === null && row.revokedAt !== null) {
    world.note(`session ${name} ends: ${row.revokedReason}`);
    const reason = row.revokedReason;
    const cause = reason !== null && (reason === "refresh_token_reused" ? session.stolen : session.causes.has(reason));
    const which = reason === "refresh_token_reused" ? "L1" : "S6";
    insist(cause, which, () => `session ${name} ended (${reason}), and nobody did anything for that`);
  }
}

/** S4, at the end of a history: every row and every event, against every token that was handed out. */
export async function checkNothingAtRest(world: JudgedWorld): Promise<void> {
  const { ledger, servers, store } = world;
  const rows = await Promise.all([...ledger.sessions.keys()].map((id) => store.findStoredSession(id)));
  const credentials = await Promise.all(ledger.users.map(({ id }) => store.findCredentialsById(id)));
  const written = JSON.stringify([rows, credentials, servers.map(({ events }) => events)], (_, value: unknown) =>
    value instanceof Uint8Array ? hex(value) : isBuffer(value) ? hex(Uint8Array.from(value.data)) : value,
  );
  for (const [token, { session }] of ledger.tokens) {
    for (const text of [token, ...secretsOf(token)]) {
      insist(!written.includes(text), "S4", () => `a token of session ${session.name} can be read where it is kept`);
    }
  }
  for (const { password } of ledger.users) insist(!written.includes(password), "S4", () => "a password can be read");
}

/** A `Buffer` has turned itself into this before a replacer sees it. */
function isBuffer(value: unknown): value is { data: number[] } {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value;
}

function secretsOf(text: string): string[] {
  const token = parseRefreshToken(text);
  if (!token) return text.split(".").slice(2);
  return [token.familySecret, token.secret].flatMap((secret) => [
    hex(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ]);
}

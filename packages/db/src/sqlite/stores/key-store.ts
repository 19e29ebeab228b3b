import type { SigningKeyStore, StoredSigningKey } from "@watchword/auth/core";
import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { keyRing, signingKeys } from "../schema.ts";

/** The signing keys in SQLite, a handful of rows. Triggers count their changes (`key_ring`), whoever makes them. */
export function createSqliteKeyStore({ client, orm, run }: SqliteConnection): SigningKeyStore {
  const statements = prepareKeyStatements(orm);
  const version = () => statements.version.get()?.version ?? 0;
  const readRing = client.transaction(() => ({ version: version(), keys: statements.all.all() }));
  const replace = client.transaction(({ key, now }: Parameters<SigningKeyStore["replaceSigningKeys"]>[0]) => {
    if (statements.add.run({ ...key }).changes === 0) return false;
    statements.revokeOthers.run({ now, seq: key.seq });
    return true;
  });

  return {
    keyRingVersion: () => run(version),
    // One snapshot for both, and no lock: whoever reads must not wait for a writer.
    readKeyRing: () => run(() => readRing.deferred()),
    addSigningKey: (key) => run(() => statements.add.run({ ...key }).changes === 1),
    replaceSigningKeys: (change) => run(() => replace.immediate(change)),
    reencryptSigningKey: (change) => run(() => statements.reseal.run({ ...change }).changes === 1),
    removeSigningKeys: (sweep) => run(() => statements.remove.run({ ...sweep }).changes),
  };
}

function prepareKeyStatements(orm: SqliteConnection["orm"]) {
  const given = (name: string) => sql.placeholder(name);
  const columns: Record<keyof StoredSigningKey, ReturnType<typeof given>> = {
    seq: given("seq"),
    kid: given("kid"),
    algorithm: given("algorithm"),
    publicJwk: given("publicJwk"),
    sealedPrivateKey: given("sealedPrivateKey"),
    createdAt: given("createdAt"),
    signsFrom: given("signsFrom"),
    signsUntil: given("signsUntil"),
    verifiesUntil: given("verifiesUntil"),
    revokedAt: given("revokedAt"),
  };
  return {
    version: orm.select({ version: keyRing.version }).from(keyRing).where(eq(keyRing.id, 1)).prepare(),
    all: orm.select().from(signingKeys).orderBy(asc(signingKeys.seq)).prepare(),
    add: orm.insert(signingKeys).values(columns).onConflictDoNothing({ target: signingKeys.seq }).prepare(),
    revokeOthers: orm
      .update(signingKeys)
      .set({ revokedAt: sql`${given("now")}` })
      .where(and(isNull(signingKeys.revokedAt), sql`${signingKeys.seq} <> ${given("seq")}`))
      .prepare(),
    reseal: orm
      .update(signingKeys)
      .set({ sealedPrivateKey: sql`${given("to")}` })
      .where(and(eq(signingKeys.kid, given("kid")), eq(signingKeys.sealedPrivateKey, given("from"))))
      .prepare(),
    remove: orm
      .delete(signingKeys)
      .where(lte(signingKeys.verifiesUntil, given("before")))
      .prepare(),
  };
}

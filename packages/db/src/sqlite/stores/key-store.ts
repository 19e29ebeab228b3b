import type { SigningKeyStore, StoredSigningKey } from "@watchword/auth/core";
import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { keyRing, signingKeys } from "../schema.ts";
import { given, type Orm } from "./placeholders.ts";

/**
 * The signing keys in SQLite, a handful of rows. Each operation that changes one adds one to the number of the key ring
 * (`key_ring`) in its own transaction.
 */
export function createSqliteKeyStore({ client, orm, read, write }: SqliteConnection): SigningKeyStore {
  const statements = prepareKeyStatements(orm);
  const version = () => statements.version.get()?.version ?? 0;
  const readRing = client.transaction(() => ({ version: version(), keys: statements.all.all() }));
  /** Counts a change of the ring, where there was one. */
  const counted = (changes: number) => {
    if (changes > 0) statements.count.run();
    return changes;
  };
  const add = (key: StoredSigningKey) => counted(statements.add.run({ ...key }).changes) === 1;
  const replace = ({ key, now }: Parameters<SigningKeyStore["replaceSigningKeys"]>[0]) => {
    if (!add(key)) return false;
    statements.revokeOthers.run({ now, seq: key.seq });
    return true;
  };
  const reseal = (change: Parameters<SigningKeyStore["reencryptSigningKey"]>[0]) => {
    return counted(statements.reseal.run({ ...change }).changes) === 1;
  };
  const remove = (step: { before: number }) => counted(statements.remove.run({ ...step }).changes);

  return {
    keyRingVersion: () => read(version),
    // One snapshot for both, and no lock: a reader must not wait for a writer.
    readKeyRing: () => read(() => readRing.deferred()),
    addSigningKey: (key) => write(() => add(key)),
    replaceSigningKeys: (change) => write(() => replace(change)),
    reencryptSigningKey: (change) => write(() => reseal(change)),
    removeSigningKeys: (step) => write(() => remove(step)),
  };
}

function prepareKeyStatements(orm: Orm) {
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
    count: orm
      .update(keyRing)
      .set({ version: sql`${keyRing.version} + 1` })
      .where(eq(keyRing.id, 1))
      .prepare(),
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

import type { ChallengeStore, Evidence } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";
import {
  type ChallengeStatements,
  prepareChallengeStatements,
  prepareEvidenceStatements,
} from "./challenge-statements.ts";
import type { Orm } from "./placeholders.ts";

/** Challenges in SQLite. A try is taken by one conditional UPDATE. */
export function createSqliteChallengeStore({ orm, read, write }: SqliteConnection): ChallengeStore {
  const statements = prepareChallengeStatements(orm);
  const add = addition(statements);
  return {
    addChallenge: (challenge) => write(() => add(challenge)),
    findChallenge: (key) => read(() => statements.find.get({ ...key })),
    takeChallengeTry: (key) => write(() => statements.takeTry.get({ ...key })),
    setChallengeData: (change) => write(() => statements.setData.run({ ...change }).changes === 1),
    removeExpiredChallenges: async (query) => {
      // As a rule there is nothing, and then no lock is taken.
      if (!(await read(() => statements.anyExpired.get({ ...query })))) return 0;
      return write(() => statements.removeExpired.run({ ...query }).changes);
    },
  };
}

function addition(statements: ChallengeStatements) {
  return ({ challenge, quota, now }: Parameters<ChallengeStore["addChallenge"]>[0]) => {
    if (statements.insert.run({ ...challenge }).changes === 0) return "credentials_changed";
    const { id, userId, network } = challenge;
    const added = { id, userId, network, now, ...quota };
    statements.removeExpiredOf.run(added);
    statements.removeExpiredIn.run(added);
    statements.removeBeyondOf.run(added);
    statements.removeBeyondIn.run(added);
    return "added";
  };
}

export type EvidenceConsumption = ReturnType<typeof prepareEvidenceConsumption>;

/**
 * The evidence of a session or a step-up. Both run in the transaction of that, which holds the write lock from its beginning: what
 * `holds` finds is still so when `consume` writes.
 */
export function prepareEvidenceConsumption(orm: Orm) {
  const statements = prepareEvidenceStatements(orm);
  return {
    holds(userId: string, { challenge, uses }: Evidence): boolean {
      if (challenge && !statements.mayConsume.get({ ...challenge, userId })) return false;
      return uses.every(
        ({ id, change }) => !change || statements.versionOf.get({ id, userId })?.version === change.version,
      );
    },
    consume(userId: string, { challenge, uses }: Evidence): void {
      if (challenge) statements.consume.run({ id: challenge.id });
      for (const { id, now, change } of uses) {
        if (change) statements.noteUseWithData.run({ id, userId, now, ...change });
        else statements.noteUse.run({ id, userId, now });
      }
    },
  };
}

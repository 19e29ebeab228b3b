import type { CredentialStore } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";
import { type CredentialStatements, prepareCredentialStatements } from "./credential-statements.ts";
import type { SessionStatements } from "./session-statements.ts";
import type { SideWrites } from "./side-writes.ts";

/** Passwords in SQLite. */
export function createSqliteCredentialStore(
  { client, orm, run }: SqliteConnection,
  sessions: SessionStatements,
  writes: SideWrites,
): CredentialStore {
  const users = prepareCredentialStatements(orm);
  const changePassword = client.transaction(passwordChange(users, sessions, writes));
  return {
    findCredentials: (key) =>
      run(() =>
        "usernameKey" in key
          ? users.credentialsByUsername.get({ key: key.usernameKey })
          : users.credentialsByEmail.get({ key: key.emailKey }),
      ),
    findCredentialsById: (id) => run(() => users.credentialsById.get({ id })),
    highestPasswordCost: ({ atMost }) =>
      run(() => users.highestCost.get({ atMost: String(atMost).padStart(2, "0") })?.cost),
    upgradePasswordHash: (upgrade) => run(() => users.upgradeHash.run({ ...upgrade }).changes === 1),
    changePassword: (change) => run(() => changePassword.immediate(change)),
  };
}

function passwordChange(users: CredentialStatements, sessions: SessionStatements, { sessionEnd, emails }: SideWrites) {
  return ({ rotation, ...change }: Parameters<CredentialStore["changePassword"]>[0]): boolean => {
    // The transaction holds the write lock, so what is read here still holds below: nothing has to be taken back.
    const found = users.credentialsById.get({ id: change.userId });
    if (found?.passwordHash !== change.from || found.user.disabledAt !== null) return false;
    if (rotation && sessions.rotate.run({ ...rotation }).changes === 0) return false;
    users.changeHash.run({ ...change });
    sessionEnd.keep(change);
    sessionEnd.others({ ...change, reason: "password_changed" });
    emails.voidOfUser(change.userId);
    return true;
  };
}

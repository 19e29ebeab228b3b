import type { CredentialStore } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";
import { type CredentialStatements, prepareCredentialStatements } from "./credential-statements.ts";
import type { SessionStatements } from "./session/session-statements.ts";
import type { SideWrites } from "./side-writes.ts";

/** Credentials in SQLite. */
export function createSqliteCredentialStore(
  { orm, read, write }: SqliteConnection,
  sessions: SessionStatements,
  writes: SideWrites,
): CredentialStore {
  const statements = prepareCredentialStatements(orm);
  const changePassword = passwordChange(statements, sessions, writes);
  const add = addition(statements, writes);
  const replace = replacement(statements, writes);
  const remove = removal(statements, writes);
  return {
    listCredentials: (userId) => read(() => statements.ofUser.all({ userId })),
    findCredential: (key) => read(() => statements.byLookupKey.get({ ...key })),
    addCredential: (credential) => write(() => add(credential)),
    replaceCredential: (change) => write(() => replace(change)),
    useCredential: (use) => write(() => statements.use.run({ ...use }).changes === 1),
    listOutdatedCredentials: (query) => read(() => statements.outdated.all({ ...query, after: query.after ?? "" })),
    reencryptCredential: (change) => write(() => statements.reencrypt.run({ ...change }).changes === 1),
    removeCredential: (end) => write(() => remove(end)),
    findCredentials: (key) =>
      read(() =>
        "usernameKey" in key
          ? statements.credentialsByUsername.get({ key: key.usernameKey })
          : statements.credentialsByEmail.get({ key: key.emailKey }),
      ),
    findCredentialsById: (id) => read(() => statements.credentialsById.get({ id })),
    highestPasswordCost: ({ atMost }) =>
      read(() => statements.highestCost.get({ atMost: String(atMost).padStart(2, "0") })?.cost),
    upgradePasswordHash: (upgrade) => write(() => statements.replaceHash.run({ ...upgrade }).changes === 1),
    changePassword: (change) => write(() => changePassword(change)),
  };
}

/** The transactions hold the write lock from their begin, so what they read still holds when they write. */
function addition(statements: CredentialStatements, writes: SideWrites) {
  return ({ credential, credentialVersion }: Parameters<CredentialStore["addCredential"]>[0]) => {
    const { userId } = credential;
    const user = statements.versionOf.get({ userId });
    if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return "credentials_changed";
    if (statements.insert.run({ ...credential }).changes === 0) return "taken";
    raiseVersions(statements, writes, userId);
    return "added";
  };
}

function replacement(statements: CredentialStatements, writes: SideWrites) {
  return (change: Parameters<CredentialStore["replaceCredential"]>[0]): boolean => {
    const found = statements.byId.get({ id: change.id });
    if (found?.disabledAt !== null || statements.replaceData.run({ ...change }).changes === 0) return false;
    raiseVersions(statements, writes, found.userId);
    return true;
  };
}

function removal(statements: CredentialStatements, writes: SideWrites) {
  return ({ id, userId, waysIn }: Parameters<CredentialStore["removeCredential"]>[0]) => {
    const found = statements.byId.get({ id });
    if (found?.userId !== userId || found.disabledAt !== null) return "unchanged";
    const others = statements.ofUser.all({ userId }).filter((one) => one.id !== id);
    if (!others.some(({ kind }) => waysIn.includes(kind))) return "last_way_in";
    statements.remove.run({ id, userId });
    raiseVersions(statements, writes, userId);
    return "removed";
  };
}

/** Of the user and of the sessions that go on. */
function raiseVersions(statements: CredentialStatements, { emails }: SideWrites, userId: string): void {
  const credentialVersion = statements.versionOf.get({ userId })?.credentialVersion;
  statements.raiseSessions.run({ userId, credentialVersion });
  statements.raiseCredentialVersion.run({ userId });
  emails.voidOfUser(userId);
}

function passwordChange(
  statements: CredentialStatements,
  sessions: SessionStatements,
  { sessionEnd, emails }: SideWrites,
) {
  return ({ rotation, ...change }: Parameters<CredentialStore["changePassword"]>[0]): boolean => {
    const found = statements.credentialsById.get({ id: change.userId });
    if (found?.passwordHash !== change.from || found.user.disabledAt !== null) return false;
    if (rotation && sessions.rotate.run({ ...rotation }).changes === 0) return false;
    statements.replaceHash.run({ ...change });
    statements.raiseVersions.run({ ...change });
    sessionEnd.keep(change);
    sessionEnd.others({ ...change, reason: "password_changed" });
    emails.voidOfUser(change.userId);
    return true;
  };
}

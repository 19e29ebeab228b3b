import type { AuthStore, NewUser, SigningKeyStore, StoredSession, StoredSessionWithUser } from "@watchword/auth/core";
import type { SqliteConnection } from "../src/sqlite/connection/connection.ts";

/**
 * The store as it was before migration 0003, with the very statements that it prepared: what still runs in another process
 * while this version starts (fault case D13). It knows no role and no audit log, and has no cleanup.
 *
 * @param keys what it signs with: it had that in its settings, where no other version can find it
 */
export function createPreviousStore(connection: SqliteConnection, keys: SigningKeyStore): AuthStore {
  const { run } = connection;
  const { changesOf, credentials, sessionWithUser, sessionsOfUser, ...transactions } = prepareStatements(connection);
  const { createAccount, changePassword, disableUser } = transactions;
  const store: Partial<AuthStore> = {
    ...keys,
    createAccount: (account) => run(() => createAccount.immediate(account)),
    findCredentials: (key) =>
      run(() =>
        "usernameKey" in key
          ? credentials("credentialsByUsername", { key: key.usernameKey })
          : credentials("credentialsByEmail", { key: key.emailKey }),
      ),
    findCredentialsById: (id) => run(() => credentials("credentialsById", { id })),
    createSession: (session) =>
      run(() => (changesOf("insertSessionIfCurrent", row(session)) === 1 ? "created" : "credentials_changed")),
    findSessionWithUser: (id) =>
      run(() => {
        const found = sessionWithUser(id);
        return found && { ...found, keyRingVersion: 0 };
      }),
    findStoredSession: (id) => run(() => sessionWithUser(id)),
    listSessions: (userId) => run(() => sessionsOfUser(userId)),
    rotateSession: (change) => run(() => changesOf("rotate", change) === 1),
    reissueSession: (change) => run(() => changesOf("rearm", change) === 1),
    revokeSession: (end) => run(() => changesOf("revokeOne", end) === 1),
    revokeSessionsOf: (end) => run(() => changesOf("revokeAll", end)),
    upgradePasswordHash: (upgrade) => run(() => changesOf("upgradeHash", upgrade) === 1),
    changePassword: (change) => run(() => changePassword.immediate(change)),
    disableUser: (end) => run(() => disableUser.immediate(end)),
    appendAuditEntry: async () => undefined,
    highestPasswordCost: async () => undefined,
  };
  return store as AuthStore;
}

function prepareStatements({ client }: SqliteConnection) {
  const prepared = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, client.prepare(sql)]));
  const changesOf = (name: keyof typeof statements, given: object) => prepared[name]?.run(given).changes ?? 0;
  const credentials = (name: keyof typeof statements, given: object) => {
    const row = prepared[name]?.get(given) as Row | undefined;
    if (!row) return undefined;
    const { passwordHash, ...user } = named(row);
    return { user: asToday(user), passwordHash: String(passwordHash) };
  };
  const createAccount = client.transaction(({ user, session }: { user: NewUser; session: StoredSession }) => {
    if (changesOf("insertUser", user) === 1) {
      changesOf("insertSession", row(session));
      return "created" as const;
    }
    return credentials("credentialsByUsername", { key: user.usernameKey }) ? "username_taken" : "email_taken";
  });
  const changePassword = client.transaction((change: Parameters<AuthStore["changePassword"]>[0]) => {
    if (changesOf("changeHash", change) === 0) return false;
    changesOf("keepSession", change);
    changesOf("revokeOthers", { ...change, reason: "password_changed" });
    return true;
  });
  const disableUser = client.transaction((end: Parameters<AuthStore["disableUser"]>[0]) => {
    if (changesOf("disableUser", end) === 0) return "unchanged";
    changesOf("revokeAll", { ...end, reason: "account_disabled" });
    return "done";
  });
  const sessionWithUser = (id: string) => {
    const found = prepared.sessionWithUser?.expand().get({ id }) as Joined | undefined;
    return found && joined(found);
  };
  const sessionsOfUser = (userId: string) =>
    (prepared.sessionsOfUser?.expand().all({ userId }) as Joined[] | undefined)?.map(joined) ?? [];
  return { changesOf, credentials, sessionWithUser, sessionsOfUser, createAccount, changePassword, disableUser };
}

type Row = Record<string, unknown>;
type Joined = { sessions: Row; users: Row };

function joined({ sessions, users }: Joined): StoredSessionWithUser {
  const session = named(sessions);
  return { session: { ...session, rememberMe: session.rememberMe === 1 } as never, user: asToday(named(users)) };
}

/** What today's rules want to know beyond, as an account had it then. */
function asToday(user: Row): StoredSessionWithUser["user"] {
  return { ...user, role: "user", claimsVersion: 1, emailVerifiedAt: null } as never;
}

function row(session: StoredSession): object {
  return { ...session, rememberMe: session.rememberMe ? 1 : 0 };
}

function named(columns: Row): Row {
  const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [camel(name), value]));
}

const userColumns =
  '"users"."id", "users"."username", "users"."email", "users"."name", "users"."created_at", "users"."disabled_at", "users"."credential_version"';
const sessionNames =
  '"id", "user_id", "delivery", "remember_me", "family_hash", "generation", "next_hash", "last_used_hash", "salt", "rotated_at", "created_at", "authenticated_at", "expires_at", "credential_version", "revoked_at", "revoked_reason", "user_agent", "ip_address", "last_seen_at"';
const sessionColumns = sessionNames.replaceAll(/"(\w+)"/g, '"sessions"."$1"');
const sessionValues =
  "@id, @userId, @delivery, @rememberMe, @familyHash, @generation, @nextHash, @lastUsedHash, @salt, @rotatedAt, @createdAt, @authenticatedAt, @expiresAt, @credentialVersion, @revokedAt, @revokedReason, @userAgent, @ipAddress, @lastSeenAt";
const credentialsOf = `select ${userColumns}, "password_hash" from "users" where`;
const withUser = `select ${sessionColumns}, ${userColumns} from "sessions" inner join "users" on "users"."id" = "sessions"."user_id" where`;
const mayChange = `("sessions"."id" = @sessionId and "sessions"."next_hash" = @expectedNextHash and "sessions"."generation" = @expectedGeneration and "sessions"."revoked_at" is null and "sessions"."expires_at" > @now and "sessions"."rotated_at" > @idleSince and exists (select 1 from "users" where ("users"."id" = "sessions"."user_id" and "users"."disabled_at" is null and "users"."credential_version" = "sessions"."credential_version")))`;
const end = 'update "sessions" set "revoked_at" = @now, "revoked_reason" = @reason where';
const living = '("sessions"."user_id" = @userId and "sessions"."revoked_at" is null)';

const statements = {
  insertUser:
    'insert into "users" ("id", "username", "username_key", "email", "email_key", "name", "password_hash", "created_at", "disabled_at", "credential_version") values (@id, @username, @usernameKey, @email, @emailKey, @name, @passwordHash, @createdAt, @disabledAt, @credentialVersion) on conflict do nothing',
  credentialsById: `${credentialsOf} "users"."id" = @id`,
  credentialsByUsername: `${credentialsOf} "users"."username_key" = @key`,
  credentialsByEmail: `${credentialsOf} "users"."email_key" = @key`,
  upgradeHash:
    'update "users" set "password_hash" = @to where ("users"."id" = @userId and "users"."password_hash" = @from)',
  changeHash:
    'update "users" set "password_hash" = @to, "credential_version" = "users"."credential_version" + 1 where ("users"."id" = @userId and "users"."password_hash" = @from and "users"."disabled_at" is null)',
  disableUser:
    'update "users" set "disabled_at" = @now where ("users"."id" = @userId and "users"."disabled_at" is null)',
  insertSession: `insert into "sessions" (${sessionNames}) values (${sessionValues})`,
  insertSessionIfCurrent: `insert into "sessions" (${sessionNames}) select ${sessionValues} from "users" where ("users"."id" = @userId and "users"."disabled_at" is null and "users"."credential_version" = @credentialVersion)`,
  sessionWithUser: `${withUser} "sessions"."id" = @id`,
  sessionsOfUser: `${withUser} ${living}`,
  rotate: `update "sessions" set "generation" = "sessions"."generation" + 1, "next_hash" = @nextHash, "last_used_hash" = "sessions"."next_hash", "salt" = @salt, "rotated_at" = @now, "last_seen_at" = @now where ${mayChange}`,
  rearm: `update "sessions" set "next_hash" = @nextHash, "salt" = @salt, "rotated_at" = @now, "last_seen_at" = @now where ${mayChange}`,
  revokeOne: `${end} ("sessions"."id" = @sessionId and "sessions"."revoked_at" is null)`,
  keepSession:
    'update "sessions" set "credential_version" = "sessions"."credential_version" + 1 where ("sessions"."id" = @keepSessionId and "sessions"."user_id" = @userId)',
  revokeOthers: `${end} (${living} and "sessions"."id" <> @keepSessionId)`,
  revokeAll: `${end} ${living}`,
} as const;

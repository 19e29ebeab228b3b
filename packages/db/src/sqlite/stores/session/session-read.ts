import type { ProvenMethod, Session, SessionStore, SessionWithUser, User } from "@watchword/auth/core";
import { eq, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../../connection/connection.ts";
import { keyRing, sessions, users } from "../../schema.ts";
import { kindsOfUser } from "../account-statements.ts";

type StoredSessionWithKinds = NonNullable<Awaited<ReturnType<SessionStore["findStoredSession"]>>>;

type Find<Found> = (sessionId: string) => Found | undefined;

/**
 * The read behind every call that needs a login. Prepared once, and read by position without drizzle's decoding and without
 * the octets of the hashes, each of which would be a buffer to make and to collect: 9 µs instead of 19 µs. Frozen, because it may
 * be handed to more than one (`rememberUntilChange`).
 */
export function prepareSessionRead({ client, orm }: SqliteConnection): Find<SessionWithUser> {
  const keyRingVersion = sql`(select ${keyRing.version} from ${keyRing} where ${keyRing.id} = 1)`;
  const statement = client
    .prepare<[string], [...Row, keyRingVersion: number]>(sessionQuery(orm, { keyRingVersion }))
    .raw();
  return (sessionId) => {
    const row = statement.get(sessionId);
    if (!row) return undefined;
    const [session, user] = [sessionOf(row), userOf(row)];
    return Object.freeze({ session: Object.freeze(session), user: Object.freeze(user), keyRingVersion: row[25] });
  };
}

/** The read behind a refresh, in the same way: with the hashes, and the kinds of the user's credentials. */
export function prepareStoredSessionRead({ client, orm }: SqliteConnection): Find<StoredSessionWithKinds> {
  const query = sessionQuery(orm, {
    familyHash: sessions.familyHash,
    nextHash: sessions.nextHash,
    lastUsedHash: sessions.lastUsedHash,
    salt: sessions.salt,
    stepUpHash: sessions.stepUpHash,
    stepUpAt: sessions.stepUpAt,
    stepUpMethods: sessions.stepUpMethods,
    kinds: kindsOfUser(orm),
  });
  const statement = client.prepare<[string], StoredRow>(query).raw();
  return (sessionId) => {
    const row = statement.get(sessionId);
    if (!row) return undefined;
    const secrets = {
      familyHash: row[25],
      nextHash: row[26],
      lastUsedHash: row[27],
      salt: row[28],
      stepUpHash: row[29],
      stepUpAt: row[30],
      stepUpMethods: JSON.parse(row[31]) as ProvenMethod[],
    };
    return {
      session: Object.assign(sessionOf(row), secrets),
      user: userOf(row),
      kinds: JSON.parse(row[32]) as string[],
    };
  };
}

function sessionQuery(orm: SqliteConnection["orm"], more: Record<string, SQL | SQLiteColumn>): string {
  const query = orm
    .select({
      id: sessions.id,
      userId: sessions.userId,
      delivery: sessions.delivery,
      rememberMe: sessions.rememberMe,
      generation: sessions.generation,
      rotatedAt: sessions.rotatedAt,
      createdAt: sessions.createdAt,
      authenticatedAt: sessions.authenticatedAt,
      expiresAt: sessions.expiresAt,
      credentialVersion: sessions.credentialVersion,
      revokedAt: sessions.revokedAt,
      revokedReason: sessions.revokedReason,
      userAgent: sessions.userAgent,
      ipAddress: sessions.ipAddress,
      lastSeenAt: sessions.lastSeenAt,
      amr: sessions.amr,
      username: users.username,
      email: users.email,
      name: users.name,
      userCreatedAt: users.createdAt,
      disabledAt: users.disabledAt,
      userCredentialVersion: users.credentialVersion,
      role: users.role,
      claimsVersion: users.claimsVersion,
      emailVerifiedAt: users.emailVerifiedAt,
      ...more,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder("id")));
  return query.toSQL().sql;
}

type SessionPart = { [Name in keyof Session]: Name extends "rememberMe" ? number : Session[Name] };

/** The columns that both queries begin with, in their order. */
type Row = [
  id: SessionPart["id"],
  userId: SessionPart["userId"],
  delivery: SessionPart["delivery"],
  rememberMe: SessionPart["rememberMe"],
  generation: SessionPart["generation"],
  rotatedAt: SessionPart["rotatedAt"],
  createdAt: SessionPart["createdAt"],
  authenticatedAt: SessionPart["authenticatedAt"],
  expiresAt: SessionPart["expiresAt"],
  credentialVersion: SessionPart["credentialVersion"],
  revokedAt: SessionPart["revokedAt"],
  revokedReason: SessionPart["revokedReason"],
  userAgent: SessionPart["userAgent"],
  ipAddress: SessionPart["ipAddress"],
  lastSeenAt: SessionPart["lastSeenAt"],
  amr: string,
  username: User["username"],
  email: User["email"],
  name: User["name"],
  userCreatedAt: User["createdAt"],
  disabledAt: User["disabledAt"],
  userCredentialVersion: User["credentialVersion"],
  role: User["role"],
  claimsVersion: User["claimsVersion"],
  emailVerifiedAt: User["emailVerifiedAt"],
];

type StoredRow = [
  ...Row,
  familyHash: Uint8Array,
  nextHash: Uint8Array,
  lastUsedHash: Uint8Array | null,
  salt: Uint8Array,
  stepUpHash: Uint8Array | null,
  stepUpAt: number | null,
  stepUpMethods: string,
  kinds: string,
];

type AnyRow = readonly [...Row, ...unknown[]];

function sessionOf(row: AnyRow): Session {
  return {
    id: row[0],
    userId: row[1],
    delivery: row[2],
    rememberMe: row[3] !== 0,
    generation: row[4],
    rotatedAt: row[5],
    createdAt: row[6],
    authenticatedAt: row[7],
    expiresAt: row[8],
    credentialVersion: row[9],
    revokedAt: row[10],
    revokedReason: row[11],
    userAgent: row[12],
    ipAddress: row[13],
    lastSeenAt: row[14],
    amr: row[15].split(" "),
  };
}

function userOf(row: AnyRow): User {
  return {
    id: row[1],
    username: row[16],
    email: row[17],
    name: row[18],
    createdAt: row[19],
    disabledAt: row[20],
    credentialVersion: row[21],
    role: row[22],
    claimsVersion: row[23],
    emailVerifiedAt: row[24],
  };
}

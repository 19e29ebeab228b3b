import type { Credential } from "../../core/domain/credential.ts";
import type { Credentials, StoredUser } from "../../core/domain/model.ts";
import type { CredentialStore } from "../../core/ports/credential-store.ts";
import { voidEmailsOfUser } from "./email-links.ts";
import { endSession, giveStepUp, sessionsOf } from "./session.ts";
import { rotateSession } from "./session-rotation.ts";
import { type Atomically, kindsOf, publicPart, type Tables } from "./tables.ts";

/** Credentials in memory. */
export function createMemoryCredentialStore(tables: Tables, atomically: Atomically): CredentialStore {
  const { users, credentials } = tables;
  const all = () => [...credentials.values()];
  return {
    listCredentials: (userId) =>
      atomically("listCredentials", () =>
        all()
          .filter((one) => one.userId === userId)
          .sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
          .map((one) => ({ ...one })),
      ),
    findCredential: ({ kind, lookupKey }) =>
      atomically("findCredential", () => {
        const found = all().find((one) => one.kind === kind && one.lookupKey === lookupKey);
        return found && { ...found };
      }),
    addCredential: (add) => atomically("addCredential", () => addCredential(tables, add)),
    replaceCredential: (change) => atomically("replaceCredential", () => replaceCredential(tables, change)),
    useCredential: ({ id, version, data, now }) =>
      atomically("useCredential", () => {
        const found = credentials.get(id);
        if (found?.version !== version) return false;
        Object.assign(found, { data, version: version + 1, lastUsedAt: now });
        return true;
      }),
    listOutdatedCredentials: (query) =>
      atomically("listOutdatedCredentials", () => listOutdatedCredentials(all(), query)),
    reencryptCredential: (change) => atomically("reencryptCredential", () => reencryptCredential(tables, change)),
    removeCredential: (end) => atomically("removeCredential", () => removeCredential(tables, end)),
    findCredentials: (key) =>
      atomically("findCredentials", () =>
        withPassword(
          tables,
          [...users.values()].find((user) =>
            "usernameKey" in key ? user.usernameKey === key.usernameKey : user.emailKey === key.emailKey,
          ),
        ),
      ),
    findCredentialsById: (userId) => atomically("findCredentialsById", () => withPassword(tables, users.get(userId))),
    // Without a pause: it is one answer for all users, and no order of anything depends on it.
    highestPasswordCost: async ({ atMost }) => highestPasswordCost(tables, atMost),
    upgradePasswordHash: ({ userId, from, to }) =>
      atomically("upgradePasswordHash", () => replaceHash(tables, userId, from, to)),
    changePassword: (change) => atomically("changePassword", () => changePassword(tables, change)),
  };
}

/** Whether or not there was one. A password that was set by a link has not been used. */
export function setPassword(tables: Tables, userId: string, to: string, now: number): void {
  const found = passwordOf(tables, userId);
  if (found) Object.assign(found, { data: to, version: found.version + 1 });
  else addPassword(tables, userId, to, { createdAt: now, lastUsedAt: null });
}

/** Of a new account, whose user logs in with it at once. */
export function addFirstPassword(tables: Tables, userId: string, hash: string, now: number): void {
  addPassword(tables, userId, hash, { createdAt: now, lastUsedAt: now });
}

function addPassword(
  { credentials }: Tables,
  userId: string,
  hash: string,
  times: Pick<Credential, "createdAt" | "lastUsedAt">,
): void {
  credentials.set(userId, {
    id: userId,
    userId,
    kind: "password",
    lookupKey: null,
    data: hash,
    version: 1,
    label: null,
    ...times,
  });
}

function passwordOf({ credentials }: Tables, userId: string): Credential | undefined {
  return [...credentials.values()].find((one) => one.userId === userId && one.kind === "password");
}

function replaceHash(tables: Tables, userId: string, from: string, to: string): boolean {
  const found = passwordOf(tables, userId);
  if (found?.data !== from) return false;
  Object.assign(found, { data: to, version: found.version + 1 });
  return true;
}

function addCredential(
  tables: Tables,
  { credential, credentialVersion }: Parameters<CredentialStore["addCredential"]>[0],
) {
  const { credentials, users } = tables;
  const user = users.get(credential.userId);
  if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return "credentials_changed";
  const isTaken = [...credentials.values()].some(
    ({ id, lookupKey }) => id === credential.id || (lookupKey !== null && lookupKey === credential.lookupKey),
  );
  if (isTaken || (credential.kind === "password" && passwordOf(tables, user.id))) return "taken";
  credentials.set(credential.id, { ...credential });
  raiseVersions(tables, user);
  return "added";
}

function replaceCredential(
  tables: Tables,
  { id, version, data }: Parameters<CredentialStore["replaceCredential"]>[0],
): boolean {
  const found = tables.credentials.get(id);
  const user = found && tables.users.get(found.userId);
  if (found?.version !== version || user?.disabledAt !== null) return false;
  Object.assign(found, { data, version: version + 1 });
  raiseVersions(tables, user);
  return true;
}

function removeCredential(tables: Tables, { id, userId, waysIn }: Parameters<CredentialStore["removeCredential"]>[0]) {
  const { credentials, users } = tables;
  const user = users.get(userId);
  if (credentials.get(id)?.userId !== userId || user?.disabledAt !== null) return "unchanged";
  const others = [...credentials.values()].filter((one) => one.userId === userId && one.id !== id);
  if (!others.some(({ kind }) => waysIn.includes(kind))) return "last_way_in";
  credentials.delete(id);
  raiseVersions(tables, user);
  return "removed";
}

/** Of the user and of the sessions that go on. */
function raiseVersions(tables: Tables, user: StoredUser): void {
  for (const session of sessionsOf(tables, user.id)) {
    if (session.credentialVersion === user.credentialVersion && session.revokedAt === null) {
      session.credentialVersion += 1;
    }
  }
  user.credentialVersion += 1;
  voidEmailsOfUser(tables.emails, user.id);
}

function highestPasswordCost({ credentials }: Tables, atMost: number): number | undefined {
  const costs = [...credentials.values()].flatMap(({ kind, data }) => {
    const digits = kind === "password" ? /\$2[aby]?\$([01]\d)\$/.exec(data)?.[1] : undefined;
    return digits === undefined || Number(digits) > atMost ? [] : [Number(digits)];
  });
  return costs.length === 0 ? undefined : Math.max(...costs);
}

function changePassword(
  tables: Tables,
  { userId, from, to, keepSessionId, rotation, ...stepUp }: Parameters<CredentialStore["changePassword"]>[0],
): boolean {
  const user = tables.users.get(userId);
  if (!user || user.disabledAt !== null || passwordOf(tables, userId)?.data !== from) return false;
  if (rotation && !rotateSession(tables, rotation)) return false;
  replaceHash(tables, userId, from, to);
  user.credentialVersion += 1;
  voidEmailsOfUser(tables.emails, userId);
  user.claimsVersion += 1;
  for (const session of sessionsOf(tables, userId)) {
    if (session.id !== keepSessionId) {
      endSession(tables, session, "password_changed", stepUp.now);
      continue;
    }
    session.credentialVersion += 1;
    giveStepUp(session, stepUp);
  }
  return true;
}

function withPassword(tables: Tables, user: StoredUser | undefined): Credentials | undefined {
  if (!user) return undefined;
  const passwordHash = passwordOf(tables, user.id)?.data ?? null;
  return { user: publicPart(user), passwordHash, kinds: kindsOf(tables, user.id) };
}

function listOutdatedCredentials(
  all: Credential[],
  { encrypted, current, after, limit }: Parameters<CredentialStore["listOutdatedCredentials"]>[0],
): Credential[] {
  return all
    .filter(({ id, data }) => id > (after ?? "") && data.startsWith(encrypted) && !data.startsWith(current))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .slice(0, limit)
    .map((one) => ({ ...one }));
}

function reencryptCredential(
  { credentials }: Tables,
  { id, from, to }: Parameters<CredentialStore["reencryptCredential"]>[0],
): boolean {
  const found = credentials.get(id);
  if (found?.data !== from) return false;
  found.data = to;
  return true;
}

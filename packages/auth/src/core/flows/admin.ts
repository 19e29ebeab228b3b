import { AuthError } from "../domain/errors.ts";
import type { Role, StoredSession, User } from "../domain/model.ts";
import { enqueueEmail, hourMs, invitationOf } from "../email/outbox.ts";
import { emailKey, looksLikeEmail } from "../identifiers/email.ts";
import { usernameKey } from "../identifiers/username.ts";
import type { EnqueueOutcome } from "../ports/email-store.ts";
import type { AuthStore } from "../ports/store.ts";
import { createCredentialList, type ListedCredential } from "./account-data.ts";
import type { AuthDeps } from "./deps.ts";
import { checkIdentifiers, type Identifiers, newUser, storeAccount } from "./register.ts";
import { createSessionList } from "./sessions.ts";

/** The administrator's id; null for the operator at a terminal. */
type Actor = string | null;

/** The actions of administrators. Each counts on the next request in every process, and is in the user's audit log. */
export interface Admin {
  /**
   * A page of the users whose username or email begins with this text: first those that the username leads to, in its order, then the
   * others in the order of their email. For an empty text, all users.
   *
   * @param cursor the `nextCursor` of the page before. When its user is deleted meanwhile, the first page comes again.
   */
  findUsers(text: string, cursor?: string): Promise<FoundUsers>;
  /** The user whose username or email this is. */
  findNamed(identifier: string): Promise<User | undefined>;
  /** @throws {AuthError} `not_found` */
  findUser(userId: string): Promise<FoundUser>;
  /**
   * Creates an account without a password and without a session, and sends its owner an invitation to choose the password.
   *
   * @throws {AuthError} `validation_failed` | `username_taken` | `email_taken`
   */
  createUser(account: Identifiers & { actor: Actor }): Promise<CreatedUser>;
  /**
   * Sends the invitation again; a newer link replaces the one before.
   *
   * @throws {AuthError} `not_found` when there is no active user with that id | `already_has_password` | `rate_limited` by
   *   their address
   */
  sendInvitation(change: { actor: Actor; userId: string }): Promise<void>;
  /**
   * Revokes one session of a user (ASVS 7.4.5). The client shows that an administrator did.
   *
   * @throws {AuthError} `not_found` when they have no living session with that id
   */
  endSession(change: { actor: string; userId: string; sessionId: string }): Promise<void>;
  /** Revokes every session of a user (ASVS 7.4.5). Returns how many. */
  endSessions(change: { actor: string; userId: string }): Promise<number>;
  /**
   * Disables a user and revokes all their sessions (ASVS 7.4.2).
   *
   * @throws {AuthError} `last_admin` | `not_found` when there is no active user with that id
   */
  disable(change: { actor: Actor; userId: string }): Promise<void>;
  /** @throws {AuthError} `not_found` when there is no disabled user with that id */
  enable(change: { actor: Actor; userId: string }): Promise<void>;
  /**
   * Changes the role of a user. Older access tokens count as expired, so that the clients refresh.
   *
   * @throws {AuthError} `last_admin` | `not_found` when there is no active user with that id who has another role
   */
  setRole(change: { actor: Actor; userId: string; role: Role }): Promise<void>;
}

interface FoundUser {
  user: User;
  sessions: StoredSession[];
  credentials: ListedCredential[];
}

interface CreatedUser {
  user: User;
  /**
   * False: the account is there, and its invitation is not, because its address has had the most emails of an hour or the
   * store was busy. Send the invitation later.
   */
  isInvited: boolean;
}

interface FoundUsers {
  users: User[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** One screen. */
const shownAtOnce = 25;

/** The prefix of the keys to find. After an `@` comes a domain, or the start of one. */
function keyBeginning(text: string): string {
  const email = emailKey(text);
  // An invalid domain has no key: "ada@%" would become "ada@", and match like a pattern.
  return looksLikeEmail(text) && !email.endsWith("@") ? email : usernameKey(text);
}

/** Where a page begins: behind a username or an email in canonical form; "" is before all. */
interface UserPlace {
  by: "username" | "email";
  after: string;
}

async function placeOf(store: Pick<AuthStore, "findCredentialsById">, cursor: string | undefined): Promise<UserPlace> {
  const [by, id] = cursor?.split(".") ?? [];
  const user = id === undefined ? undefined : (await store.findCredentialsById(id))?.user;
  if (!user) return { by: "username", after: "" };
  return by === "email"
    ? { by: "email", after: emailKey(user.email) }
    : { by: "username", after: usernameKey(user.username) };
}

async function pageOfUsers(
  store: Pick<AuthStore, "findUsers">,
  prefix: string,
  { by, after }: UserPlace,
): Promise<FoundUsers> {
  const wanted = shownAtOnce + 1;
  const named = by === "username" ? await store.findUsers({ by, prefix, after, limit: wanted }) : [];
  const rest = wanted - named.length;
  // Every username begins with an empty text.
  const addressed =
    rest > 0 && prefix !== ""
      ? await store.findUsers({ by: "email", prefix, after: by === "email" ? after : "", limit: rest })
      : [];
  const found = [...named, ...addressed];
  const users = found.slice(0, shownAtOnce);
  const last = users.at(-1);
  if (found.length < wanted || !last) return { users, nextCursor: null };
  return { users, nextCursor: `${named.length >= shownAtOnce ? "username" : "email"}.${last.id}` };
}

type InvitationDeps = Pick<AuthDeps, "clock" | "randomBytes" | "settings" | "store" | "emit">;

export function createAdmin(deps: InvitationDeps & Pick<AuthDeps, "limits">): Admin {
  const { store, clock, emit } = deps;
  return {
    ...createInvitations(deps),
    ...createUserSearch(deps),

    async endSession({ actor, userId, sessionId }) {
      const end = { userId, sessionId, reason: "ended_by_admin", now: clock.now() } as const;
      if (!(await store.revokeSession(end))) throw new AuthError("not_found");
      emit({ type: "sessions_ended_by_admin", userId, actorId: actor, sessions: 1 });
    },

    async endSessions({ actor, userId }) {
      const sessions = await store.revokeSessionsOf({ userId, reason: "ended_by_admin", now: clock.now() });
      if (sessions > 0) emit({ type: "sessions_ended_by_admin", userId, actorId: actor, sessions });
      return sessions;
    },

    async disable({ actor, userId }) {
      rejectUnlessDone(await store.disableUser({ userId, now: clock.now() }));
      emit({ type: "user_disabled", userId, actorId: actor });
    },

    async enable({ actor, userId }) {
      if (!(await store.enableUser({ userId }))) throw new AuthError("not_found");
      emit({ type: "user_enabled", userId, actorId: actor });
    },

    async setRole({ actor, userId, role }) {
      rejectUnlessDone(await store.setRole({ userId, role }));
      emit({ type: "role_changed", userId, actorId: actor, role });
    },
  };
}

function createUserSearch(
  deps: Pick<AuthDeps, "clock" | "limits" | "store">,
): Pick<Admin, "findUsers" | "findNamed" | "findUser"> {
  const { store } = deps;
  const listSessions = createSessionList(deps);
  const listCredentials = createCredentialList(deps);
  return {
    async findUsers(text, cursor) {
      return pageOfUsers(store, keyBeginning(text), await placeOf(store, cursor));
    },

    async findNamed(text) {
      const key = looksLikeEmail(text) ? { emailKey: emailKey(text) } : { usernameKey: usernameKey(text) };
      return (await store.findCredentials(key))?.user;
    },

    async findUser(userId) {
      const found = await store.findCredentialsById(userId);
      if (!found) throw new AuthError("not_found");
      return {
        user: found.user,
        sessions: await listSessions(userId),
        credentials: await listCredentials(userId),
      };
    },
  };
}

/**
 * The invitation carries no device and no IP address: they would be the administrator's. The call waits until it is in the
 * outbox, because an operator's process ends with the call.
 */
function createInvitations(deps: InvitationDeps): Pick<Admin, "createUser" | "sendInvitation"> {
  const { store, emit } = deps;
  const invite = (user: User) => enqueueEmail(deps, invitationOf(user, undefined));

  return {
    async createUser({ actor, ...input }) {
      const { account, fields } = checkIdentifiers(input);
      if (Object.keys(fields).length > 0) throw new AuthError("validation_failed", { fields });
      const user = newUser(deps, account, false);
      await storeAccount(store, { user, passwordHash: null });
      emit({ type: "user_invited", userId: user.id, actorId: actor });
      return { user, isInvited: await isOrdered(invite(user)) };
    },

    async sendInvitation({ actor, userId }) {
      const found = await store.findCredentialsById(userId);
      if (!found || found.user.disabledAt !== null) throw new AuthError("not_found");
      if (found.passwordHash !== null) throw new AuthError("already_has_password");
      const outcome = await invite(found.user);
      if (outcome === "void") throw new AuthError("not_found"); // disabled or changed since it was read
      if (outcome === "limited")
        throw new AuthError("rate_limited", { message: limited, retryAfterSeconds: hourMs / 1000 });
      emit({ type: "invitation_sent_again", userId, actorId: actor });
    },
  };
}

/** False also where the outbox could not be written: the account is there, and the caller must not read that nothing was changed. */
async function isOrdered(enqueueing: Promise<EnqueueOutcome>): Promise<boolean> {
  try {
    return (await enqueueing) === "ordered";
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return false;
  }
}

const limited = "That address was sent as many mails as we send in an hour. Send the invitation later";

function rejectUnlessDone(outcome: "done" | "unchanged" | "last_admin"): void {
  if (outcome === "last_admin") throw new AuthError("last_admin");
  if (outcome === "unchanged") throw new AuthError("not_found");
}

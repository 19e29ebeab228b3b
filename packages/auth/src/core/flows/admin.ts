import { AuthError } from "../domain/errors.ts";
import type { Role, StoredSession, User } from "../domain/model.ts";
import { emailKey, looksLikeEmail } from "../identifiers/email.ts";
import { usernameKey } from "../identifiers/username.ts";
import type { AuthDeps } from "./deps.ts";
import { createSessionList } from "./sessions.ts";

/** The administrator's id; null for the operator at a terminal. */
type Actor = string | null;

/** The actions of administrators. Each counts on the next request in every process, and is in the user's audit log. */
export interface Admin {
  /** The first users whose username or email begins with this text; for an empty text, the first of all. */
  findUsers(text: string): Promise<FoundUsers>;
  /** The user whose username or email this is. */
  findNamed(identifier: string): Promise<User | undefined>;
  /** @throws {AuthError} `not_found` */
  findUser(userId: string): Promise<{ user: User; sessions: StoredSession[] }>;
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

interface FoundUsers {
  users: User[];
  /** Whether there are more: a longer text finds them. */
  more: boolean;
}

/** One screen. An administrator types another letter instead of turning pages. */
const shownAtOnce = 25;

/** The prefix of the keys to find. After an `@` comes a domain, or the start of one. */
function keyBeginning(text: string): string {
  const email = emailKey(text);
  // An invalid domain has no key: "ada@%" would become "ada@", and match like a pattern.
  return looksLikeEmail(text) && !email.endsWith("@") ? email : usernameKey(text);
}

export function createAdmin(deps: Pick<AuthDeps, "clock" | "limits" | "store" | "emit">): Admin {
  const { store, clock, emit } = deps;
  const listSessions = createSessionList(deps);

  return {
    async findUsers(text) {
      const found = await store.findUsers({ prefix: keyBeginning(text), limit: shownAtOnce + 1 });
      return { users: found.slice(0, shownAtOnce), more: found.length > shownAtOnce };
    },

    async findNamed(text) {
      const key = looksLikeEmail(text) ? { emailKey: emailKey(text) } : { usernameKey: usernameKey(text) };
      return (await store.findCredentials(key))?.user;
    },

    async findUser(userId) {
      const found = await store.findCredentialsById(userId);
      if (!found) throw new AuthError("not_found");
      return { user: found.user, sessions: await listSessions(userId) };
    },

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

function rejectUnlessDone(outcome: "done" | "unchanged" | "last_admin"): void {
  if (outcome === "last_admin") throw new AuthError("last_admin");
  if (outcome === "unchanged") throw new AuthError("not_found");
}

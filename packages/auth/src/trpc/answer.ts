import type { SessionRecord, User } from "../core/store.ts";
import type { IssuedTokens } from "../core/token-issuer.ts";

/** A user as others' programs see them. Dates are ISO 8601. Never a hash. */
export interface UserAnswer {
  id: string;
  username: string;
  email: string;
  name: string;
  createdAt: string;
}

export interface SessionAnswer {
  id: string;
  delivery: "cookie" | "body";
  rememberMe: boolean;
  createdAt: string;
  /** When the password was last given. */
  authenticatedAt: string;
  lastSeenAt: string;
  /** The absolute end. */
  expiresAt: string;
  userAgent: string | null;
  ipAddress: string | null;
  /** How often the session got a new pair of tokens. */
  rotations: number;
}

/** Where a user is logged in: their living sessions, the one used last first. */
export interface SessionsAnswer {
  sessions: Array<SessionAnswer & { /** Whether it is the session that asks. */ current: boolean }>;
}

export interface LoginAnswer {
  user: UserAnswer;
  session: SessionAnswer;
  /** Seconds until the access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends if nobody refreshes it. */
  refreshExpiresIn: number;
  /** These three with `delivery: "body"` only: a page's script must never see a token. */
  tokenType?: "Bearer";
  accessToken?: string;
  refreshToken?: string;
}

export function userAnswer({ id, username, email, name, createdAt }: User): UserAnswer {
  return { id, username, email, name, createdAt: iso(createdAt) };
}

export function sessionAnswer(session: SessionRecord): SessionAnswer {
  const { id, delivery, rememberMe, userAgent, ipAddress, generation } = session;
  return {
    id,
    delivery,
    rememberMe,
    createdAt: iso(session.createdAt),
    authenticatedAt: iso(session.authenticatedAt),
    lastSeenAt: iso(session.lastSeenAt),
    expiresAt: iso(session.expiresAt),
    userAgent,
    ipAddress,
    rotations: generation,
  };
}

export function sessionsAnswer(sessions: readonly SessionRecord[], currentId: string): SessionsAnswer {
  return { sessions: sessions.map((session) => ({ ...sessionAnswer(session), current: session.id === currentId })) };
}

export function loginAnswer(issued: IssuedTokens): LoginAnswer {
  const { user, session, accessToken, refreshToken, expiresIn, refreshExpiresIn } = issued;
  const tokens = session.delivery === "body" ? { tokenType: "Bearer" as const, accessToken, refreshToken } : {};
  return { user: userAnswer(user), session: sessionAnswer(session), ...tokens, expiresIn, refreshExpiresIn };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

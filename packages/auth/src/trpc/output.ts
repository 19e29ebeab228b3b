import type { TimelinePage } from "../core/audit/log.ts";
import type {
  Delivery,
  IssuedStepUp,
  IssuedTokens,
  Role,
  SessionFacts,
  TimelineDetail,
  TimelineEvent,
  User,
} from "../core/domain/model.ts";
import type { OwnData, PasswordChanged } from "../core/index.ts";

/** A user as others' programs see them. Dates are ISO 8601. Never a hash. */
export interface UserAnswer {
  id: string;
  username: string;
  email: string;
  /** Whether a link in a mail has shown that it is theirs. */
  emailVerified: boolean;
  name: string;
  createdAt: string;
  role: Role;
}

/** A user as administrators see them. */
export interface ManagedUserAnswer extends UserAnswer {
  /** Null for an active user. */
  disabledAt: string | null;
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

export interface TimelineAnswer {
  /** The newest first. */
  entries: TimelineEntryAnswer[];
  /** Where the next page begins; null when there is nothing older. */
  nextCursor: number | null;
}

export interface TimelineEntryAnswer {
  at: string;
  event: TimelineEvent;
  outcome: "success" | "failure";
  detail: TimelineDetail | null;
  /** Null where it belongs to no session, such as a wrong password. */
  sessionId: string | null;
  /** Whether that is the session that asks. */
  current: boolean;
  /** Whether somebody else did it: an administrator. Who that is, is no business of the user's. */
  byAdministrator: boolean;
  /** Where it came from, if that is known; for the end of a session, where the session had begun. */
  userAgent: string | null;
  ipAddress: string | null;
}

export interface LoginAnswer {
  user: UserAnswer;
  session: SessionAnswer;
  /** Seconds until the access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends if nobody refreshes it. */
  refreshExpiresIn: number;
  /** These with `delivery: "body"` only: a page's script must never see a token. */
  tokenType?: "Bearer";
  accessToken?: string;
  refreshToken?: string;
  /** After a login or a registration, never after a refresh: to be sent back as the header `x-step-up`. */
  stepUpToken?: string;
}

export interface PasswordConfirmedAnswer {
  confirmed: true;
  /** Seconds for which the password counts as just given. */
  freshFor: number;
  /** With `delivery: "body"` only. */
  stepUpToken?: string;
}

/** With the new pair of tokens, if there is one, and how long it lasts. */
export interface PasswordChangedAnswer
  extends Partial<
    Pick<LoginAnswer, "expiresIn" | "refreshExpiresIn" | "tokenType" | "accessToken" | "refreshToken" | "stepUpToken">
  > {
  changed: true;
}

export function userAnswer({ id, username, email, emailVerifiedAt, name, createdAt, role }: User): UserAnswer {
  return { id, username, email, emailVerified: emailVerifiedAt !== null, name, createdAt: iso(createdAt), role };
}

export function managedUserAnswer(user: User): ManagedUserAnswer {
  return { ...userAnswer(user), disabledAt: user.disabledAt === null ? null : iso(user.disabledAt) };
}

export function sessionAnswer(session: SessionFacts): SessionAnswer {
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

export function sessionsAnswer(sessions: readonly SessionFacts[], currentId: string): SessionsAnswer {
  return { sessions: sessions.map((session) => ({ ...sessionAnswer(session), current: session.id === currentId })) };
}

export function timelineAnswer({ entries, next }: TimelinePage, currentId: string): TimelineAnswer {
  return {
    entries: entries.map(({ at, event, outcome, detail, sessionId, actorId, userId, ...from }) => ({
      at: iso(at),
      event,
      outcome,
      detail,
      sessionId,
      current: sessionId === currentId,
      byAdministrator: actorId !== null && actorId !== userId,
      userAgent:
        from.userAgent ??
        (event === "session_expired" || event === "session_use_after_expire" ? from.sessionUserAgent : null),
      ipAddress: from.ipAddress,
    })),
    nextCursor: next,
  };
}

/** All that is kept of a user, as they may take it along. */
export interface ExportAnswer extends SessionsAnswer {
  user: UserAnswer;
  /** The newest first. */
  timeline: TimelineEntryAnswer[];
  /** What the app keeps of them, under names of its own. */
  app: Record<string, unknown>;
}

export function exportAnswer({ user, sessions, timeline, app }: OwnData, currentId: string): ExportAnswer {
  const { entries } = timelineAnswer({ entries: timeline, next: null }, currentId);
  return { user: userAnswer(user), ...sessionsAnswer(sessions, currentId), timeline: entries, app };
}

export function loginAnswer(issued: IssuedTokens): LoginAnswer {
  const { user, session } = issued;
  const stepUp = issued.stepUp ? stepUpAnswer(issued.stepUp, session.delivery) : {};
  return { user: userAnswer(user), session: sessionAnswer(session), ...pairAnswer(issued), ...stepUp };
}

export function passwordChangedAnswer({ issued, stepUp }: PasswordChanged, delivery: Delivery): PasswordChangedAnswer {
  return { changed: true, ...(issued && pairAnswer(issued)), ...stepUpAnswer(stepUp, delivery) };
}

export function passwordConfirmedAnswer(stepUp: IssuedStepUp, delivery: Delivery): PasswordConfirmedAnswer {
  return { confirmed: true, freshFor: stepUp.expiresIn, ...stepUpAnswer(stepUp, delivery) };
}

function pairAnswer({ session, accessToken, refreshToken, expiresIn, refreshExpiresIn }: IssuedTokens) {
  const tokens = session.delivery === "body" ? { tokenType: "Bearer" as const, accessToken, refreshToken } : {};
  return { ...tokens, expiresIn, refreshExpiresIn };
}

function stepUpAnswer({ token }: IssuedStepUp, delivery: Delivery): { stepUpToken?: string } {
  return delivery === "body" ? { stepUpToken: token } : {};
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

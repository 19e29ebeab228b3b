import type { AuditPage } from "../core/audit/log.ts";
import type {
  AuditDetail,
  AuditEvent,
  Delivery,
  IssuedStepUp,
  IssuedTokens,
  Role,
  SecondFactorRequired,
  Session,
  User,
} from "../core/domain/model.ts";
import type { SessionPage } from "../core/domain/session-page.ts";
import type { ListedCredential, OwnData, PasswordChanged, StepUpBegun } from "../core/index.ts";

/** A user as others' programs see them. Dates are ISO 8601. Never a hash. */
export interface UserOutput {
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
export interface ManagedUserOutput extends UserOutput {
  /** Null for an active user. */
  disabledAt: string | null;
}

/** One way in which a user proves who they are. Never what proves it. */
export interface CredentialOutput {
  /** `password`; a later version may have others. */
  kind: string;
  /** The name that the user gave it. */
  label: string | null;
  createdAt: string;
  /** Null where no use is known. */
  lastUsedAt: string | null;
}

export interface SessionOutput {
  id: string;
  delivery: "cookie" | "body";
  rememberMe: boolean;
  createdAt: string;
  /** When the user last proved a credential. */
  authenticatedAt: string;
  /** How the user proved who they are at the login, by RFC 8176: `pwd` is a password. Informs, and decides nothing. */
  amr: string[];
  lastSeenAt: string;
  /** The absolute end. */
  expiresAt: string;
  userAgent: string | null;
  ipAddress: string | null;
  /** How often the session's tokens were refreshed. */
  rotations: number;
}

/** Where a user is logged in: their living sessions, the one used last first. */
export interface SessionsOutput {
  sessions: Array<SessionOutput & { /** Whether it is the session that asks. */ current: boolean }>;
}

/** A page of them: the session that asks, then the others, the one used last first. */
export interface SessionPageOutput extends SessionsOutput {
  /** The `cursor` of the next page; null when there is none. */
  nextCursor: string | null;
  /** On all pages together. */
  total: number;
}

export interface AuditPageOutput {
  /** The newest first. */
  entries: AuditEntryOutput[];
  /** Where the next page begins; null when there is nothing older. */
  nextCursor: number | null;
}

export interface AuditEntryOutput {
  at: string;
  event: AuditEvent;
  outcome: "success" | "failure";
  detail: AuditDetail | null;
  /** Null where it belongs to no session, such as a wrong password. */
  sessionId: string | null;
  /** Whether that is the session that asks. */
  current: boolean;
  /** Whether an administrator did it. The user does not learn which one. */
  byAdministrator: boolean;
  /** Where it came from, if that is known; for the end of a session, where the session had begun. */
  userAgent: string | null;
  ipAddress: string | null;
}

/** The answer to a login or a registration that is complete. */
export interface LoginOutput extends SessionTokensOutput {
  status: "complete";
}

/** The answer to a login whose first factor was right, and whose account has a second one. No session has begun. */
export interface SecondFactorOutput {
  status: "second_factor_required";
  /** The kinds of credential of which one has to be sent to `auth.completeLogin`. */
  methods: string[];
  /** Seconds for which it is taken. */
  expiresIn: number;
  /** With `delivery: "body"` only, to be sent along: a browser has it in a cookie. */
  challenge?: string;
}

export interface SessionTokensOutput {
  user: UserOutput;
  session: SessionOutput;
  /** Seconds until the access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends without a refresh. */
  refreshExpiresIn: number;
  /** These with `delivery: "body"` only: a page's script must never see a token. */
  tokenType?: "Bearer";
  accessToken?: string;
  refreshToken?: string;
  /** After a login or a registration, never after a refresh: to be sent back as the header `x-step-up`. */
  stepUpToken?: string;
}

export interface PasswordConfirmedOutput {
  confirmed: true;
  /** Seconds for which what was proven counts as just proven. */
  freshFor: number;
  /** With `delivery: "body"` only. */
  stepUpToken?: string;
}

/** With the new tokens, if there are any, and how long they last. */
export interface PasswordChangedOutput
  extends Partial<
    Pick<
      SessionTokensOutput,
      "expiresIn" | "refreshExpiresIn" | "tokenType" | "accessToken" | "refreshToken" | "stepUpToken"
    >
  > {
  changed: true;
}

export const userOutput: (user: User) => UserOutput = keptFor(
  ({ id, username, email, emailVerifiedAt, name, createdAt, role }) => {
    return { id, username, email, emailVerified: emailVerifiedAt !== null, name, createdAt: iso(createdAt), role };
  },
);

export function managedUserOutput(user: User): ManagedUserOutput {
  return { ...userOutput(user), disabledAt: user.disabledAt === null ? null : iso(user.disabledAt) };
}

export function credentialsOutput(credentials: readonly ListedCredential[]): CredentialOutput[] {
  return credentials.map(({ kind, label, createdAt, lastUsedAt }) => ({
    kind,
    label,
    createdAt: iso(createdAt),
    lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
  }));
}

export const sessionOutput: (session: Session) => SessionOutput = keptFor((session) => {
  const { id, delivery, rememberMe, userAgent, ipAddress, generation } = session;
  return {
    id,
    delivery,
    rememberMe,
    createdAt: iso(session.createdAt),
    authenticatedAt: iso(session.authenticatedAt),
    amr: [...session.amr],
    lastSeenAt: iso(session.lastSeenAt),
    expiresAt: iso(session.expiresAt),
    userAgent,
    ipAddress,
    rotations: generation,
  };
});

export function sessionsOutput(sessions: readonly Session[], currentId: string): SessionsOutput {
  return { sessions: sessions.map((session) => ({ ...sessionOutput(session), current: session.id === currentId })) };
}

export function sessionPageOutput(
  { sessions, next, total }: SessionPage<Session>,
  currentId: string,
): SessionPageOutput {
  return { ...sessionsOutput(sessions, currentId), nextCursor: next, total };
}

export function auditPageOutput({ entries, next }: AuditPage, currentId: string): AuditPageOutput {
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
export interface ExportOutput extends SessionsOutput {
  user: UserOutput;
  credentials: CredentialOutput[];
  /** The newest first. */
  timeline: AuditEntryOutput[];
  /** What the app keeps of them, under names of its own. */
  app: Record<string, unknown>;
}

export function exportOutput({ user, credentials, sessions, auditLog, app }: OwnData, currentId: string): ExportOutput {
  const { entries } = auditPageOutput({ entries: auditLog, next: null }, currentId);
  return {
    user: userOutput(user),
    credentials: credentialsOutput(credentials),
    ...sessionsOutput(sessions, currentId),
    timeline: entries,
    app,
  };
}

export interface StepUpBegunOutput {
  /** For the device that responds; empty for a kind that draws nothing. */
  options: Record<string, unknown>;
  /** Seconds for which a response is taken. */
  expiresIn: number;
  /** With `delivery: "body"` only, to be sent along. */
  challenge?: string;
}

export function secondFactorOutput(required: SecondFactorRequired): SecondFactorOutput {
  const { status, methods, expiresIn, challenge, delivery } = required;
  return { status, methods: [...methods], expiresIn, ...(delivery === "body" ? { challenge } : {}) };
}

export function stepUpBegunOutput(begun: StepUpBegun, delivery: Delivery): StepUpBegunOutput {
  const { options, expiresIn, challenge } = begun;
  return { options: { ...options }, expiresIn, ...(delivery === "body" && challenge ? { challenge } : {}) };
}

export function sessionTokensOutput(issued: IssuedTokens): SessionTokensOutput {
  const { user, session } = issued;
  const stepUp = issued.stepUp ? stepUpOutput(issued.stepUp, session.delivery) : {};
  return { user: userOutput(user), session: sessionOutput(session), ...tokensOutput(issued), ...stepUp };
}

export function passwordChangedOutput({ issued, stepUp }: PasswordChanged, delivery: Delivery): PasswordChangedOutput {
  return { changed: true, ...(issued && tokensOutput(issued)), ...stepUpOutput(stepUp, delivery) };
}

export function passwordConfirmedOutput(stepUp: IssuedStepUp, delivery: Delivery): PasswordConfirmedOutput {
  return { confirmed: true, freshFor: stepUp.expiresIn, ...stepUpOutput(stepUp, delivery) };
}

function tokensOutput({ session, accessToken, refreshToken, expiresIn, refreshExpiresIn }: IssuedTokens) {
  if (session.delivery === "cookie") return { expiresIn, refreshExpiresIn };
  return { tokenType: "Bearer" as const, accessToken, refreshToken, expiresIn, refreshExpiresIn };
}

function stepUpOutput({ token }: IssuedStepUp, delivery: Delivery): { stepUpToken?: string } {
  return delivery === "body" ? { stepUpToken: token } : {};
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** What a record that cannot change looks like, is made once: the store gives the same one for as long as nothing has changed. */
function keptFor<Kept extends object, Output extends object>(make: (record: Kept) => Output): (record: Kept) => Output {
  const outputs = new WeakMap<Kept, Output>();
  return (record) => {
    if (!Object.isFrozen(record)) return make(record);
    const kept = outputs.get(record) ?? Object.freeze(make(record));
    outputs.set(record, kept);
    return kept;
  };
}

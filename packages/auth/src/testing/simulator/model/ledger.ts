import type { Delivery, RevokedReason, StoredSession } from "../../../core/domain/model.ts";
import { hashSecret } from "../../../core/domain/secrets.ts";
import type { SessionRotation } from "../../../core/ports/session-store.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { parseRefreshToken } from "../../../core/tokens/refresh-token.ts";
import { InvariantBroken } from "../judge/invariant.ts";
import type { Presented } from "./holder.ts";

/** A session, as one knows it who saw every write and every answer. */
export interface KnownSession {
  readonly id: string;
  /** A letter, for the history: ids mean nothing to a reader. */
  readonly name: string;
  readonly userId: string;
  readonly delivery: Delivery;
  /** The hash of the one token that may be rotated next. */
  live: string;
  /** Every hash that was ever in that place. */
  readonly everLive: Set<string>;
  rotations: number;
  /** The row, as it was after the last step. */
  row: StoredSession;
  /** What may have ended it: only what a client has really asked for. */
  readonly causes: Set<RevokedReason>;
  /** Nothing of it may be accepted that was begun after this step. */
  endedAt: number | undefined;
  /** Whether its tokens were ever copied. */
  stolen: boolean;
  /** When its own client last presented a token. */
  lastHonestAt: number;
}

export interface KnownUser {
  readonly id: string;
  readonly username: string;
  password: string;
  credentialVersion: number;
  /** Whether a second factor was added. */
  hasSecondFactor: boolean;
  /** The passwords that a client has asked for, by what the store will keep of them. */
  readonly candidates: Map<string, string>;
}

interface KnownToken {
  session: KnownSession;
  /** How many tokens were handed out before it. */
  order: number;
  /** Access tokens only: seconds since 1970. */
  expiresAt: number;
}

/** Everything that can be known of a history from outside the rules: the writes that were done, the answers given. */
export class Ledger {
  readonly users: KnownUser[] = [];
  readonly sessions = new Map<string, KnownSession>();
  readonly tokens = new Map<string, KnownToken>();
  /** The number of the step that is being taken. */
  step = 0;
  /** What was seen to go wrong inside the store, where nothing can be thrown: the rules would answer it with a 500. */
  wrong: InvariantBroken | undefined;

  /** Told of each write that was done, at the moment of its commit. */
  committed(method: keyof AuthStore, input: unknown, result: unknown): void {
    if (method === "createSession" && result === "created") this.#begin(input as StoredSession);
    if (method === "rotateSession" && result === true) this.#advance(input as SessionRotation, 1);
    if (method === "reissueSession" && result === true) this.#advance(input as SessionRotation, 0);
    if (method === "changePassword" && result === true) this.#changePassword(input as PasswordChange);
  }

  /** Writes down the tokens that an answer handed out, also when the answer never arrives. */
  handedOut({ refreshToken, accessToken }: Presented, session: KnownSession): void {
    const order = this.tokens.size;
    if (refreshToken !== undefined && !this.tokens.has(refreshToken)) {
      this.tokens.set(refreshToken, { session, order, expiresAt: 0 });
      if (!session.everLive.has(hashOf(refreshToken) ?? "")) {
        this.wrong ??= new InvariantBroken("S1", "a token was handed out that never lived");
      }
    }
    if (accessToken !== undefined) this.tokens.set(accessToken, { session, order, expiresAt: expiryOf(accessToken) });
  }

  sessionOf({ refreshToken, accessToken }: Presented): KnownSession | undefined {
    return this.tokens.get(refreshToken ?? accessToken ?? "")?.session;
  }

  /** Both tokens of a request may be of different sessions, when cookies of two logins were mixed up. */
  sessionsOf({ refreshToken, accessToken }: Presented): KnownSession[] {
    const found = [refreshToken, accessToken].flatMap((token) => this.tokens.get(token ?? "")?.session ?? []);
    return [...new Set(found)];
  }

  sessionsOfUser(userId: string): KnownSession[] {
    return [...this.sessions.values()].filter((session) => session.userId === userId);
  }

  #begin(row: StoredSession): void {
    const user = this.users.find(({ id }) => id === row.userId);
    if (row.credentialVersion !== user?.credentialVersion) {
      this.wrong ??= new InvariantBroken("S3", "a login with an older password began a session after it was changed");
    }
    if (user?.hasSecondFactor && !row.amr.includes("mfa")) {
      this.wrong ??= new InvariantBroken("S8", "a session began without the second factor of its account");
    }
    const live = hex(row.nextHash);
    this.sessions.set(row.id, {
      id: row.id,
      name: nameOf(this.sessions.size),
      userId: row.userId,
      delivery: row.delivery,
      live,
      everLive: new Set([live]),
      rotations: 0,
      row,
      causes: new Set(),
      endedAt: undefined,
      stolen: false,
      lastHonestAt: Number.NEGATIVE_INFINITY,
    });
  }

  /** A rotation or a re-arming: it must have replaced the one token that lived, and no other (S1). */
  #advance(change: SessionRotation, rotations: number): void {
    const session = this.sessions.get(change.sessionId);
    if (!session) return;
    if (hex(change.expectedNextHash) !== session.live) {
      this.wrong ??= new InvariantBroken("S1", `two tokens of session ${session.name} were acceptable, and both spent`);
    }
    if (session.endedAt !== undefined && session.endedAt < this.step) {
      this.wrong ??= new InvariantBroken("S3", `session ${session.name} was rotated after its end`);
    }
    session.live = hex(change.nextHash);
    session.everLive.add(session.live);
    session.rotations += rotations;
  }

  /** A second factor was added past the servers. The sessions of the user go on. */
  secondFactorAdded(user: KnownUser): void {
    user.hasSecondFactor = true;
    user.credentialVersion += 1;
  }

  #changePassword({ userId, keepSessionId, to, rotation }: PasswordChange): void {
    if (rotation) this.#advance(rotation, 1);
    const user = this.users.find(({ id }) => id === userId);
    if (user) {
      user.credentialVersion += 1;
      user.password = user.candidates.get(to) ?? user.password;
    }
    for (const session of this.sessionsOfUser(userId)) {
      if (session.id === keepSessionId) continue;
      session.causes.add("password_changed");
      session.endedAt ??= this.step;
    }
  }
}

type PasswordChange = Parameters<AuthStore["changePassword"]>[0];

export function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

/** The hash under which the store knows a refresh token. */
function hashOf(refreshToken: string): string | undefined {
  const token = parseRefreshToken(refreshToken);
  return token && hex(hashSecret(token.secret));
}

function expiryOf(accessToken: string): number {
  const claims: unknown = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8"));
  return typeof claims === "object" && claims !== null && "exp" in claims ? Number(claims.exp) : 0;
}

function nameOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

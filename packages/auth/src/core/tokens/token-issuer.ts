import type { CredentialKinds } from "../credentials/kinds.ts";
import { amrOf } from "../domain/amr.ts";
import type { Authentication } from "../domain/authentication.ts";
import type { Clock, RandomBytes } from "../domain/clock.ts";
import { newId, storableUserAgent } from "../domain/ids.ts";
import type { IssuedTokens, SessionStart, StoredSession, User } from "../domain/model.ts";
import { hashSecret } from "../domain/secrets.ts";
import type { AuthSettings } from "../domain/settings.ts";
import type { AccessTokenClaims, AccessTokens } from "./access-token.ts";
import { idleEnd, type SessionLimits } from "./decide-refresh.ts";
import { formatRefreshToken, type RefreshToken } from "./refresh-token.ts";
import { generateStepUpSecret } from "./step-up-secret.ts";

export interface TokenIssuer {
  /** Generates the secrets of a new session and its row. Stores nothing. */
  begin(authentication: Authentication, start: SessionStart): { session: StoredSession; secrets: SessionSecrets };
  /** The one place that makes a user's tokens: at login, at registration and at each refresh. */
  issue(user: User, session: StoredSession, secrets: SessionSecrets): Promise<IssuedTokens>;
}

/** The device gets these; the store gets only their hashes. */
interface SessionSecrets {
  refreshToken: RefreshToken;
  stepUpToken?: string | undefined;
}

interface TokenIssuerDeps {
  clock: Clock;
  randomBytes: RandomBytes;
  settings: AuthSettings;
  credentialKinds: Pick<CredentialKinds, "amr">;
  limits: Pick<SessionLimits, "idleMs">;
}

export function createTokenIssuer(deps: TokenIssuerDeps, accessTokens: AccessTokens): TokenIssuer {
  const { clock, randomBytes, settings, limits } = deps;
  return {
    begin: (authentication, start) => newSession(deps, authentication, start),

    async issue(user, session, { refreshToken, stepUpToken }) {
      const now = clock.now();
      const claims = claimsOf(user, session, { now, ttlSeconds: settings.accessTokenTtlSeconds });
      const accessToken = await accessTokens.sign({ jti: newId(now, randomBytes), ...claims });
      const sessionEndsAt = Math.min(session.expiresAt, idleEnd(session, limits));
      return {
        user,
        session,
        accessToken,
        refreshToken: formatRefreshToken(refreshToken),
        expiresIn: settings.accessTokenTtlSeconds,
        refreshExpiresIn: Math.max(0, Math.floor((sessionEndsAt - now) / 1000)),
        stepUp: stepUpToken === undefined ? undefined : { token: stepUpToken, expiresIn: settings.stepUpMaxAgeSeconds },
      };
    },
  };
}

function newSession(
  { clock, randomBytes, settings, credentialKinds }: TokenIssuerDeps,
  authentication: Authentication,
  { delivery, rememberMe, userAgent, ipAddress }: SessionStart,
): { session: StoredSession; secrets: SessionSecrets } {
  const now = clock.now();
  const refreshToken: RefreshToken = {
    sessionId: newId(now, randomBytes),
    generation: 0,
    familySecret: randomBytes(16),
    secret: randomBytes(32),
  };
  const stepUp = generateStepUpSecret(randomBytes);
  const session: StoredSession = {
    id: refreshToken.sessionId,
    userId: authentication.user.id,
    delivery,
    rememberMe,
    familyHash: hashSecret(refreshToken.familySecret),
    generation: 0,
    nextHash: hashSecret(refreshToken.secret),
    lastUsedHash: null,
    salt: randomBytes(16),
    stepUpHash: stepUp.hash,
    stepUpAt: authentication.at,
    stepUpMethods: authentication.methods,
    rotatedAt: now,
    createdAt: now,
    authenticatedAt: authentication.at,
    amr: amrOf(authentication.methods, credentialKinds.amr),
    expiresAt: now + 1000 * lifeSeconds(rememberMe, settings),
    credentialVersion: authentication.credentialVersion,
    revokedAt: null,
    revokedReason: null,
    userAgent: storableUserAgent(userAgent),
    ipAddress,
    lastSeenAt: now,
  };
  return { session, secrets: { refreshToken, stepUpToken: stepUp.token } };
}

function claimsOf(
  user: User,
  session: StoredSession,
  { now, ttlSeconds }: { now: number; ttlSeconds: number },
): Omit<AccessTokenClaims, "jti"> {
  const iat = Math.floor(now / 1000);
  return {
    sub: user.id,
    sid: session.id,
    username: user.username,
    email: user.email,
    name: user.name,
    role: user.role,
    ver: user.claimsVersion,
    gen: session.generation,
    amr: session.amr,
    auth_time: Math.floor(session.authenticatedAt / 1000),
    iat,
    exp: iat + ttlSeconds,
  };
}

/** A browser that drops the cookies when it closes may never close, so its session ends earlier. */
function lifeSeconds(rememberMe: boolean, settings: AuthSettings): number {
  const { refreshTokenTtlSeconds, browserSessionTtlSeconds } = settings;
  return rememberMe ? refreshTokenTtlSeconds : Math.min(refreshTokenTtlSeconds, browserSessionTtlSeconds);
}

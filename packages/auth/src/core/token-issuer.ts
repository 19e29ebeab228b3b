import { v7 as uuidv7 } from "uuid";
import type { AccessTokens } from "./access-token.ts";
import type { AuthParts } from "./auth.ts";
import { formatRefreshToken, hashSecret, type RefreshToken } from "./refresh-token.ts";
import { idleEnd } from "./session.ts";
import { drawStepUp, type IssuedStepUp } from "./step-up.ts";
import type { Delivery, SessionRecord, User } from "./store.ts";

/** Both tokens of a session, and whose they are. The only thing that ever leaves the rules with a token in it. */
export interface IssuedTokens {
  user: User;
  session: SessionRecord;
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token runs out. Relative, so that a wrong device clock changes nothing. */
  expiresIn: number;
  /** Seconds until the session ends if nobody refreshes it: by idling or for good, whichever comes first. */
  refreshExpiresIn: number;
  /** After a password was given in a browser; see `DeviceTokens`. */
  deviceToken?: string | undefined;
  /** After a password was given; never after a refresh. */
  stepUp?: IssuedStepUp | undefined;
}

/** Where somebody comes from: kept for the list of one's sessions. */
export interface ClientInfo {
  userAgent: string | null;
  ipAddress: string | null;
}

export interface SessionStart extends ClientInfo {
  delivery: Delivery;
  rememberMe: boolean;
}

export interface TokenIssuer {
  /** Draws the secrets of a new session and makes its row; nothing is stored yet. */
  begin(user: User, start: SessionStart): { session: SessionRecord; secrets: SessionSecrets };
  /** The one place where a user's pair of tokens is made: at login, at registration and at each refresh. */
  issue(user: User, session: SessionRecord, secrets: SessionSecrets): Promise<IssuedTokens>;
}

/** What goes to the device, and to the store as hashes alone. */
interface SessionSecrets {
  refreshToken: RefreshToken;
  stepUpToken?: string | undefined;
}

const longestUserAgent = 512;

export function createTokenIssuer(
  { clock, randomBytes, settings, limits }: AuthParts,
  accessTokens: AccessTokens,
): TokenIssuer {
  return {
    begin(user, { delivery, rememberMe, userAgent, ipAddress }) {
      const now = clock.now();
      const refreshToken: RefreshToken = {
        sessionId: newId(now, randomBytes),
        generation: 0,
        familySecret: randomBytes(16),
        secret: randomBytes(32),
      };
      const stepUp = drawStepUp(randomBytes);
      const session: SessionRecord = {
        id: refreshToken.sessionId,
        userId: user.id,
        delivery,
        rememberMe,
        familyHash: hashSecret(refreshToken.familySecret),
        generation: 0,
        nextHash: hashSecret(refreshToken.secret),
        lastUsedHash: null,
        salt: randomBytes(16),
        stepUpHash: stepUp.hash,
        stepUpAt: now,
        rotatedAt: now,
        createdAt: now,
        authenticatedAt: now,
        expiresAt: now + 1000 * lifeSeconds(rememberMe, settings),
        credentialVersion: user.credentialVersion,
        revokedAt: null,
        revokedReason: null,
        userAgent: storableUserAgent(userAgent),
        ipAddress,
        lastSeenAt: now,
      };
      return { session, secrets: { refreshToken, stepUpToken: stepUp.token } };
    },

    async issue(user, session, { refreshToken, stepUpToken }) {
      const now = clock.now();
      const iat = Math.floor(now / 1000);
      const exp = iat + settings.accessTokenTtlSeconds;
      const accessToken = await accessTokens.sign({
        sub: user.id,
        sid: session.id,
        jti: newId(now, randomBytes),
        username: user.username,
        email: user.email,
        name: user.name,
        role: user.role,
        ver: user.claimsVersion,
        gen: session.generation,
        iat,
        exp,
      });
      const sessionEndsAt = Math.min(session.expiresAt, idleEnd(session, limits));
      return {
        user,
        session,
        accessToken,
        refreshToken: formatRefreshToken(refreshToken),
        expiresIn: settings.accessTokenTtlSeconds,
        refreshExpiresIn: Math.max(0, Math.floor((sessionEndsAt - now) / 1000)),
        stepUp: stepUpToken === undefined ? undefined : { token: stepUpToken, expiresIn: settings.proofMaxAgeSeconds },
      };
    },
  };
}

/** What a browser calls itself is anybody's text: of a bounded length, and nothing that a database would choke on. */
export function storableUserAgent(userAgent: string | null): string | null {
  return userAgent?.slice(0, longestUserAgent).toWellFormed() ?? null;
}

/** A browser that forgets the session when it closes may never close. */
function lifeSeconds(rememberMe: boolean, settings: AuthParts["settings"]): number {
  const { refreshTokenTtlSeconds, browserSessionTtlSeconds } = settings;
  return rememberMe ? refreshTokenTtlSeconds : Math.min(refreshTokenTtlSeconds, browserSessionTtlSeconds);
}

/** A UUID of version 7 (RFC 9562 section 5.7): ids of rows, ordered by time. Never a secret. */
export function newId(now: number, randomBytes: AuthParts["randomBytes"]): string {
  return uuidv7({ msecs: now, random: randomBytes(16) });
}

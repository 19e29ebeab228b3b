import { errorOfNewPassword, type PasswordPolicy } from "../credentials/password/policy.ts";
import type { ProvenMethod } from "../domain/credential.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, IssuedStepUp, IssuedTokens, Principal, StoredSession, User } from "../domain/model.ts";
import { noticeTo } from "../email/outbox.ts";
import type { SessionRotation } from "../ports/session-store.ts";
import { decideRefresh } from "../tokens/decide-refresh.ts";
import { parseRefreshToken, type RefreshToken } from "../tokens/refresh-token.ts";
import { generateStepUpSecret } from "../tokens/step-up-secret.ts";
import { prepareSuccessor } from "../tokens/successor.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { addMethod, requireAssurance } from "./authentication/require-assurance.ts";
import type { AuthDeps } from "./deps.ts";
import { writeRejection } from "./session-errors.ts";

export interface PasswordChangeInput {
  /** This session is kept; all other sessions of the user are revoked. */
  principal: Pick<Principal, "user" | "session">;
  currentPassword: string;
  newPassword: string;
  /** The session's refresh token, where the caller has it: then the change also issues new tokens. */
  refreshToken?: string | undefined;
  /** The step-up secret that the device has. An account with a second factor needs one that was given by it. */
  stepUpToken?: string | undefined;
  /** Where the request came from, where that is known: for the audit log. */
  client?: ClientInfo;
}

export interface PasswordChanged {
  stepUp: IssuedStepUp;
  /** The new tokens. Undefined where the refresh token was missing or is not the current one: then the client refreshes. */
  issued: IssuedTokens | undefined;
}

/**
 * Asks for the current password (ASVS 6.2.3), because an unlocked screen must not be enough. A token that was copied before
 * does not have the step-up secret that the change issues, and every older access token needs a refresh.
 */
export function createPasswordChange(
  deps: Pick<
    AuthDeps,
    | "rateLimiter"
    | "clock"
    | "credentialKinds"
    | "limits"
    | "sendEmail"
    | "passwordPolicy"
    | "passwords"
    | "randomBytes"
    | "settings"
    | "limitInFlight"
    | "store"
    | "emit"
  >,
  issuer: TokenIssuer,
) {
  const { store, passwords, clock, randomBytes, settings, passwordPolicy, emit, sendEmail } = deps;
  const checkCurrent = createCurrentPasswordCheck(deps);
  return async (input: PasswordChangeInput): Promise<PasswordChanged> => {
    const { principal, newPassword, client } = input;
    const { user, session } = principal;
    const { from, asRead, kinds } = await checkCurrent(input);
    const others = await requireOtherFactors(deps, input, kinds);
    const unacceptable = await errorOf(newPassword, { ...passwordPolicy, account: user });
    if (unacceptable) throw unacceptable;
    const hash = () => passwords.hash(newPassword);
    const to = await deps.limitInFlight(client?.ipAddress ?? null, hash, session.id);
    const stepUp = generateStepUpSecret(randomBytes);
    const renewal = await prepareRenewal(deps, input);
    const now = clock.now();
    const methods = [...others, { kind: "password", at: now }];
    const change = { userId: user.id, from, to, keepSessionId: session.id, stepUpHash: stepUp.hash, methods, now };
    const rotation = renewal?.rotation;
    // Without the rotation where another tab has rotated first: the change does not depend on it.
    const isRotated = rotation !== undefined && (await store.changePassword({ ...change, rotation }));
    // Also where a login has upgraded the hash, or this session has changed the password twice: then the session is not over.
    if (!isRotated && !(await store.changePassword(change))) throw await writeRejection(deps, session.id);
    emit({ type: "password_changed", userId: user.id, sessionId: session.id }, client);
    sendEmail(noticeTo("password_changed", user, client));
    const isRenewed = renewal !== undefined && (isRotated || rotation === undefined);
    return {
      stepUp: { token: stepUp.token, expiresIn: settings.stepUpMaxAgeSeconds },
      issued: isRenewed ? await issuer.issue(raised(asRead), raisedSession(renewal.session, now), renewal) : undefined,
    };
  };
}

/** @throws {AuthError} `invalid_credentials` | `rate_limited` */
function createCurrentPasswordCheck({
  store,
  passwords,
  passwordPolicy,
  rateLimiter,
  limitInFlight,
  emit,
}: Pick<AuthDeps, "rateLimiter" | "passwordPolicy" | "passwords" | "limitInFlight" | "store" | "emit">) {
  return async ({ principal: { user, session }, currentPassword, newPassword, client }: PasswordChangeInput) => {
    const found = await store.findCredentialsById(user.id);
    const about = { userId: user.id, sessionId: session.id };
    const checkNew = () => errorOf(newPassword, { ...passwordPolicy, account: user });
    if (currentPassword === "") {
      const fields = { currentPassword: ["Enter your current password"], ...(await checkNew())?.fields };
      throw new AuthError("validation_failed", { fields });
    }
    const check = async () => {
      const verdict = await passwords.verify(currentPassword, found?.passwordHash ?? undefined);
      if (found?.passwordHash && verdict.matches)
        return { from: found.passwordHash, asRead: found.user, kinds: found.kinds };
      emit({ type: "password_change_failed", ...about }, client);
      const message = "That is not your current password";
      // Both problems in one answer.
      const fields = { currentPassword: [message], ...(await checkNew())?.fields };
      throw new AuthError("invalid_credentials", { message, fields });
    };
    const limited = () => limitInFlight(client?.ipAddress ?? null, check, session.id);
    return rateLimiter.stepUp(about, limited, (scope) => emit({ type: "attempts_limited", scope, ...about }, client));
  };
}

/**
 * The current password has just been proven. An account with a second factor needs that too (ASVS 6.3.4).
 *
 * @returns what the device has proved besides, for its new step-up secret
 * @throws {AuthError} `reauthentication_required`
 */
async function requireOtherFactors(
  deps: Pick<AuthDeps, "clock" | "credentialKinds" | "settings" | "store">,
  { principal: { session }, stepUpToken }: PasswordChangeInput,
  kinds: readonly string[],
): Promise<readonly ProvenMethod[]> {
  const found = await deps.store.findStoredSession(session.id);
  const password = { kind: "password", at: deps.clock.now() };
  const methods = addMethod(found, stepUpToken, password);
  requireAssurance(deps, { purpose: "credential_change", kinds, proven: methods });
  return methods.filter((method) => method !== password);
}

interface Renewal {
  session: StoredSession;
  refreshToken: RefreshToken;
  /** What the change writes with it. Undefined where the tokens were rotated a moment ago, and stay. */
  rotation: SessionRotation | undefined;
}

/**
 * The rotation by the first row of the refresh table; undefined where another row applies.
 *
 * No rotation starts within the retry window of the last one (assumption A2 of the refresh protocol), because an earlier request
 * of another tab may still be in flight, and would count as a reuse. Then the refresh token stays, and only the access token is new.
 */
async function prepareRenewal(
  deps: Pick<AuthDeps, "clock" | "limits" | "randomBytes" | "store">,
  input: PasswordChangeInput,
): Promise<Renewal | undefined> {
  const { store, clock, limits } = deps;
  const { id, delivery } = input.principal.session;
  const token = input.refreshToken === undefined ? undefined : parseRefreshToken(input.refreshToken);
  if (token?.sessionId !== id) return undefined;
  const found = await store.findStoredSession(id);
  const now = clock.now();
  if (!found || decideRefresh(found, token, { delivery, now, limits }).do !== "rotate") return undefined;
  const { session } = found;
  const isRecent = session.generation > 0 && now - session.rotatedAt <= limits.retryWindowMs;
  if (isRecent) return { session, refreshToken: token, rotation: undefined };
  const { change, session: next, successor } = prepareSuccessor(deps, session, { token, what: "rotate" });
  return { session: next, refreshToken: successor, rotation: change };
}

/** The user after the change. A claim that changed at the same time only costs one more refresh. */
function raised(user: User): User {
  return { ...user, credentialVersion: user.credentialVersion + 1, claimsVersion: user.claimsVersion + 1 };
}

function raisedSession(session: StoredSession, now: number): StoredSession {
  return { ...session, credentialVersion: session.credentialVersion + 1, authenticatedAt: now };
}

async function errorOf(newPassword: string, policy: PasswordPolicy): Promise<AuthError | undefined> {
  if (newPassword !== "") return errorOfNewPassword(newPassword, policy);
  return new AuthError("validation_failed", { fields: { password: ["Enter a new password"] } });
}

import { AuthError } from "../domain/errors.ts";
import type { LoginFailure } from "../domain/events.ts";
import type { Credentials, IssuedTokens, SessionStart } from "../domain/model.ts";
import { emailKey, looksLikeEmail } from "../identifiers/email.ts";
import { usernameKey } from "../identifiers/username.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import type { AuthDeps } from "./deps.ts";
import { createNewDeviceAlert } from "./new-device-alert.ts";

export interface LoginInput extends SessionStart {
  /** A username or an email. */
  identifier: string;
  password: string;
  /** The device's token from an earlier login, if it sends one. */
  deviceToken?: string | undefined;
}

type LoginDeps = SessionDeps & Pick<AuthDeps, "rateLimiter" | "limitInFlight">;

/** What the check of a password and the new session take, without the limits around them. */
type SessionDeps = Pick<
  AuthDeps,
  "clock" | "devices" | "limits" | "sendEmail" | "passwords" | "settings" | "store" | "emit"
>;

export function createLogin(deps: LoginDeps, issuer: TokenIssuer) {
  const { rateLimiter, devices, limitInFlight, emit } = deps;
  const login = createPasswordLogin(deps, issuer);

  return async (input: LoginInput): Promise<IssuedTokens> => {
    const { identifier, ipAddress } = input;
    const found = await find(deps, identifier);
    const userId = found?.user.id ?? null;
    const attempt = {
      account: looksLikeEmail(identifier) ? emailKey(identifier) : usernameKey(identifier),
      ipAddress,
      deviceId: userId === null ? undefined : devices?.read(input.deviceToken, userId),
    };
    return rateLimiter.login(
      attempt,
      () => limitInFlight(ipAddress, () => login(input, found)),
      (scope) => emit({ type: "attempts_limited", scope, userId, sessionId: null }, input),
    );
  };
}

function createPasswordLogin(deps: SessionDeps, issuer: TokenIssuer) {
  const { store, passwords, clock, settings, limits, devices, emit } = deps;
  const alertNewDevice = createNewDeviceAlert(deps);

  return async (input: LoginInput, found: Credentials | undefined): Promise<IssuedTokens> => {
    // Also without an account: an unknown name must take the time of a known one (ASVS 6.3.8).
    const verdict = await passwords.verify(input.password, found?.passwordHash ?? undefined);
    if (found && verdict.unusable) emit({ type: "password_hash_unusable", userId: found.user.id });
    if (!found || !verdict.matches) throw fail(deps, input, found, found ? "wrong_password" : "unknown_user");
    const { user } = found;
    if (user.disabledAt !== null) throw fail(deps, input, found, "disabled");

    const { session, secrets } = issuer.begin(user, input);
    const now = clock.now();
    const quota = { atMost: settings.sessionsPerUser, now, idleSince: now - limits.idleMs };
    if ((await store.createSession(session, quota)) !== "created")
      throw fail(deps, input, found, "credentials_changed");
    emit({ type: "login_succeeded", userId: user.id, sessionId: session.id }, input);
    alertNewDevice(user, session);
    if (verdict.needsUpgrade) await upgradeHash(deps, found, input.password);
    const issued = await issuer.issue(user, session, secrets);
    return devices ? devices.remember(issued, input.deviceToken) : issued;
  };
}

async function find({ store }: Pick<AuthDeps, "store">, identifier: string): Promise<Credentials | undefined> {
  return looksLikeEmail(identifier)
    ? store.findCredentials({ emailKey: emailKey(identifier) })
    : store.findCredentials({ usernameKey: usernameKey(identifier) });
}

/** An unknown name and a wrong password get one error. Only a user who knew the password learns that the account is disabled. */
function fail(
  { emit }: Pick<AuthDeps, "emit">,
  from: LoginInput,
  found: Credentials | undefined,
  why: LoginFailure,
): AuthError {
  emit({ type: "login_failed", userId: found?.user.id ?? null, why }, from);
  return new AuthError(why === "disabled" ? "account_disabled" : "invalid_credentials");
}

/** Best effort: the password was right, so the login succeeds also when the new hash could not be stored. */
async function upgradeHash(
  { store, passwords, emit }: Pick<AuthDeps, "passwords" | "store" | "emit">,
  found: Credentials,
  password: string,
): Promise<void> {
  const { user, passwordHash } = found;
  if (passwordHash === null) return;
  try {
    const to = await passwords.hash(password, passwordHash);
    if (await store.upgradePasswordHash({ userId: user.id, from: passwordHash, to })) {
      emit({ type: "password_hash_upgraded", userId: user.id });
    }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
  }
}

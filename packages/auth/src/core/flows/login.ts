import { AuthError } from "../domain/errors.ts";
import type { LoginFailure } from "../domain/events.ts";
import type { Credentials, IssuedTokens, SessionStart } from "../domain/model.ts";
import { emailKey, looksLikeEmail, usernameKey } from "../identifiers/account-text.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import type { AuthDeps } from "./deps.ts";
import { createNewDeviceNotice } from "./new-device-alert.ts";

export interface LoginInput extends SessionStart {
  /** A username or an email. */
  identifier: string;
  password: string;
  /** What the device was given at an earlier login, if it says so. */
  deviceToken?: string | undefined;
}

export function createLogin(
  deps: Pick<
    AuthDeps,
    | "rateLimiter"
    | "clock"
    | "devices"
    | "limits"
    | "sendEmail"
    | "passwords"
    | "settings"
    | "limitInFlight"
    | "store"
    | "emit"
  >,
  issuer: TokenIssuer,
) {
  const { store, passwords, clock, settings, limits, rateLimiter, devices, limitInFlight, emit } = deps;
  const noticeDevice = createNewDeviceNotice(deps);

  async function login(input: LoginInput, found: Credentials | undefined): Promise<IssuedTokens> {
    // Also for nobody: an unknown name must cost the time of a known one (ASVS 6.3.8).
    const verdict = await passwords.verify(input.password, found?.passwordHash);
    if (found && verdict.unusable) emit({ type: "password_hash_unusable", userId: found.user.id });
    if (!found || !verdict.matches) throw fail(deps, input, found, found ? "wrong_password" : "unknown_user");
    const { user } = found;
    if (user.disabledAt !== null) throw fail(deps, input, found, "disabled");

    const { session, secrets } = issuer.begin(user, input);
    const now = clock.now();
    const room = { atMost: settings.sessionsPerUser, now, idleSince: now - limits.idleMs };
    if ((await store.createSession(session, room)) !== "created") throw fail(deps, input, found, "credentials_changed");
    emit({ type: "login_succeeded", userId: user.id, sessionId: session.id }, input);
    noticeDevice(user, session);
    if (verdict.needsUpgrade) await upgradeHash(deps, found, input.password);
    const issued = await issuer.issue(user, session, secrets);
    return devices ? devices.remember(issued, input.deviceToken) : issued;
  }

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

async function find({ store }: Pick<AuthDeps, "store">, identifier: string): Promise<Credentials | undefined> {
  return looksLikeEmail(identifier)
    ? store.findCredentials({ emailKey: emailKey(identifier) })
    : store.findCredentials({ usernameKey: usernameKey(identifier) });
}

/** An unknown name and a wrong password get one answer. Only who knew the password learns that the account is disabled. */
function fail(
  { emit }: Pick<AuthDeps, "emit">,
  from: LoginInput,
  found: Credentials | undefined,
  why: LoginFailure,
): AuthError {
  emit({ type: "login_failed", userId: found?.user.id ?? null, why }, from);
  return new AuthError(why === "disabled" ? "account_disabled" : "invalid_credentials");
}

/** Best effort: whoever gave the right password is logged in, also when their hash has to stay as it is for today. */
async function upgradeHash(
  { store, passwords, emit }: Pick<AuthDeps, "passwords" | "store" | "emit">,
  found: Credentials,
  password: string,
): Promise<void> {
  const { user, passwordHash } = found;
  try {
    const to = await passwords.hash(password, passwordHash);
    if (await store.upgradePasswordHash({ userId: user.id, from: passwordHash, to })) {
      emit({ type: "password_hash_upgraded", userId: user.id });
    }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
  }
}

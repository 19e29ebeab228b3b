import { AuthError } from "../domain/errors.ts";
import type { Credentials, IssuedTokens, SessionStart } from "../domain/model.ts";
import { emailKey, looksLikeEmail } from "../identifiers/email.ts";
import { usernameKey } from "../identifiers/username.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { createAuthenticate, loginError } from "./authenticate.ts";
import type { AuthDeps } from "./deps.ts";
import { createNewDeviceAlert } from "./new-device-alert.ts";
import { createStartSession } from "./start-session.ts";

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
  const { devices, emit } = deps;
  const authenticate = createAuthenticate(deps);
  const startSession = createStartSession(deps, issuer);
  const alertNewDevice = createNewDeviceAlert(deps);

  return async (input: LoginInput, found: Credentials | undefined): Promise<IssuedTokens> => {
    const { authentication, needsUpgrade } = await authenticate("password", {
      found,
      password: input.password,
      client: input,
    });
    const started = await startSession(authentication, input);
    if (!started) throw loginError(deps, { found, client: input, why: "credentials_changed" });
    const { user } = authentication;
    emit({ type: "login_succeeded", userId: user.id, sessionId: started.session.id }, input);
    alertNewDevice(user, started.session);
    if (found && needsUpgrade) await upgradeHash(deps, found, input.password);
    const issued = await started.issue();
    return devices ? devices.remember(issued, input.deviceToken) : issued;
  };
}

async function find({ store }: Pick<AuthDeps, "store">, identifier: string): Promise<Credentials | undefined> {
  return looksLikeEmail(identifier)
    ? store.findCredentials({ emailKey: emailKey(identifier) })
    : store.findCredentials({ usernameKey: usernameKey(identifier) });
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

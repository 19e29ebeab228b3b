import type { ProvenMethod } from "../domain/credential.ts";
import { AuthError } from "../domain/errors.ts";
import type { Credentials, IssuedTokens, SecondFactorRequired, SessionStart, User } from "../domain/model.ts";
import { emailKey, looksLikeEmail } from "../identifiers/email.ts";
import { usernameKey } from "../identifiers/username.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { createAuthenticate } from "./authentication/authenticate.ts";
import { createChallenges } from "./authentication/challenges.ts";
import { createFinishLogin } from "./authentication/finish-login.ts";
import { readableMethods } from "./authentication/secret-credentials.ts";
import type { AuthDeps } from "./deps.ts";

export interface LoginInput extends SessionStart {
  /** A username or an email. */
  identifier: string;
  password: string;
  /** The device's token from an earlier login, if it sends one. */
  deviceToken?: string | undefined;
}

export type LoginResult = ({ status: "complete" } & IssuedTokens) | SecondFactorRequired;

type LoginDeps = PasswordLoginDeps & Pick<AuthDeps, "rateLimiter" | "limitInFlight">;

/** What the check of a password and what follows it take, without the limits around them. */
type PasswordLoginDeps = Pick<
  AuthDeps,
  | "clock"
  | "credentialKinds"
  | "devices"
  | "emit"
  | "limits"
  | "passwords"
  | "randomBytes"
  | "secretData"
  | "sendEmail"
  | "settings"
  | "store"
>;

export function createLogin(deps: LoginDeps, issuer: TokenIssuer) {
  const { rateLimiter, devices, limitInFlight, emit } = deps;
  const login = createPasswordLogin(deps, issuer);

  return async (input: LoginInput): Promise<LoginResult> => {
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

function createPasswordLogin(deps: PasswordLoginDeps, issuer: TokenIssuer) {
  const authenticate = createAuthenticate(deps);
  const finish = createFinishLogin(deps, issuer);
  const requireSecondFactor = createSecondFactorRequest(deps);

  return async (input: LoginInput, found: Credentials | undefined): Promise<LoginResult> => {
    const { proven, needsUpgrade } = await authenticate.byPassword({ found, password: input.password, client: input });
    const { user, methods } = proven;
    const result = authenticate.complete("login", proven);
    const upgrade = async () => {
      if (found && needsUpgrade) await upgradeHash(deps, found, input.password);
    };
    if ("missing" in result) {
      const required = await requireSecondFactor(input, { user, proven: methods, missing: result.missing });
      await upgrade(); // the password is here now, and not when the login is completed
      return required;
    }
    const issued = await finish(result, input, { uses: [{ id: user.id, now: deps.clock.now() }] }, upgrade);
    return { status: "complete", ...issued };
  };
}

/** The first factor was right. No session begins and none ends until the second one is proven. */
function createSecondFactorRequest(deps: PasswordLoginDeps) {
  const challenges = createChallenges(deps);

  return async (
    input: LoginInput,
    { user, proven, missing }: { user: User; proven: readonly ProvenMethod[]; missing: readonly string[] },
  ): Promise<SecondFactorRequired> => {
    const methods = await readableMethods(deps, user.id, missing);
    const { delivery, rememberMe } = input;
    const data = { delivery, rememberMe, proven: [...proven] };
    const begun = await challenges.begin({ purpose: "login", user, sessionId: null, data, client: input });
    deps.emit({ type: "second_factor_required", userId: user.id }, input);
    return {
      status: "second_factor_required",
      methods,
      challenge: begun.token,
      delivery,
      rememberMe,
      expiresIn: begun.expiresIn,
    };
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

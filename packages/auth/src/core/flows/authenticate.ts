import { Authentication } from "../domain/authentication.ts";
import { AuthError } from "../domain/errors.ts";
import type { LoginFailure } from "../domain/events.ts";
import type { ClientInfo, Credentials, User } from "../domain/model.ts";
import type { AuthDeps } from "./deps.ts";

interface PasswordInput {
  /** The account of the identifier; undefined where there is none. */
  found: Credentials | undefined;
  password: string;
  client: ClientInfo;
}

export type Authenticate = (
  kind: "password",
  input: PasswordInput,
) => Promise<{
  authentication: Authentication;
  /** The stored hash is of an older form: see `PasswordVerdict`. */
  needsUpgrade: boolean;
}>;

/** The one place in which a user proves who they are before a session begins. */
export function createAuthenticate(deps: Pick<AuthDeps, "clock" | "passwords" | "emit">): Authenticate {
  const { clock, passwords, emit } = deps;

  return async (kind, { found, password, client }) => {
    // Also without an account: an unknown name must take the time of a known one (ASVS 6.3.8).
    const verdict = await passwords.verify(password, found?.passwordHash ?? undefined);
    if (found && verdict.unusable) emit({ type: "password_hash_unusable", userId: found.user.id });
    if (!found || !verdict.matches)
      throw loginError(deps, { found, client, why: found ? "wrong_password" : "unknown_user" });
    const { user } = found;
    if (user.disabledAt !== null) throw loginError(deps, { found, client, why: "disabled" });
    return {
      authentication: new Authentication(user, [{ kind, at: clock.now() }]),
      needsUpgrade: verdict.needsUpgrade,
    };
  };
}

/** The account that is just being created: its user has chosen the password in the same request. */
export function authenticateNewUser(user: User, at: number): Authentication {
  return new Authentication(user, [{ kind: "password", at }]);
}

/** An unknown name and a wrong password get one error. Only a user who knew the password learns that the account is disabled. */
export function loginError(
  { emit }: Pick<AuthDeps, "emit">,
  { found, client, why }: { found: Credentials | undefined; client: ClientInfo; why: LoginFailure },
): AuthError {
  emit({ type: "login_failed", userId: found?.user.id ?? null, why }, client);
  return new AuthError(why === "disabled" ? "account_disabled" : "invalid_credentials");
}

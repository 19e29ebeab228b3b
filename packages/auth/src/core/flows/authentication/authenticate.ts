import { Authentication } from "../../domain/authentication.ts";
import type { ProvenMethod } from "../../domain/credential.ts";
import { AuthError } from "../../domain/errors.ts";
import type { LoginFailure } from "../../domain/events.ts";
import type { ClientInfo, Credentials, User } from "../../domain/model.ts";
import { type AssurancePurpose, decideAssurance } from "../decide-assurance.ts";
import type { AuthDeps } from "../deps.ts";
import { challengeLifeMs } from "./challenges.ts";
import { unknownKindError } from "./require-assurance.ts";

interface PasswordInput {
  /** The account of the identifier; undefined where there is none. */
  found: Credentials | undefined;
  password: string;
  client: ClientInfo;
}

/** A user who has proved something, and the kinds of credential that they have. */
interface Proven {
  user: User;
  kinds: readonly string[];
  methods: readonly ProvenMethod[];
}

export interface Authenticate {
  /**
   * Checks the password of an account.
   *
   * @throws {AuthError} `invalid_credentials` | `account_disabled`
   */
  byPassword(input: PasswordInput): Promise<{
    proven: Proven;
    /** The stored hash is of an older form: see `PasswordVerdict`. */
    needsUpgrade: boolean;
  }>;
  /**
   * The authentication, or the kinds of which one is missing.
   *
   * @throws {AuthError} `temporarily_unavailable` for an account with a kind that this version does not know
   */
  complete(purpose: AssurancePurpose, proven: Proven): Authentication | { missing: readonly string[] };
}

type AuthenticateDeps = Pick<AuthDeps, "clock" | "passwords" | "credentialKinds" | "emit">;

/** The one place in which a user proves who they are before a session begins. */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const { clock, passwords, emit } = deps;
  return {
    async byPassword({ found, password, client }) {
      // Also without an account: an unknown name must take the time of a known one (ASVS 6.3.8).
      const verdict = await passwords.verify(password, found?.passwordHash ?? undefined);
      if (found && verdict.unusable) emit({ type: "password_hash_unusable", userId: found.user.id });
      if (!found || !verdict.matches)
        throw loginError(deps, { found, client, why: found ? "wrong_password" : "unknown_user" });
      const { user, kinds } = found;
      if (user.disabledAt !== null) throw loginError(deps, { found, client, why: "disabled" });
      return {
        proven: { user, kinds, methods: [{ kind: "password", at: clock.now() }] },
        needsUpgrade: verdict.needsUpgrade,
      };
    },

    complete: (purpose, proven) => complete(deps, purpose, proven),
  };
}

function complete(
  { clock, credentialKinds }: Pick<AuthDeps, "clock" | "credentialKinds">,
  purpose: AssurancePurpose,
  { user, kinds, methods }: Proven,
): Authentication | { missing: readonly string[] } {
  const assurance = decideAssurance({
    purpose,
    account: { kinds },
    known: credentialKinds.uses,
    proven: methods,
    now: clock.now(),
    maxAgeMs: challengeLifeMs,
  });
  if (assurance.outcome === "unknown_kind") throw unknownKindError();
  return assurance.outcome === "missing" ? { missing: assurance.methods } : new Authentication(user, methods);
}

/**
 * The account that is just being created: its user has chosen the password in the same request.
 *
 * @throws {AuthError} `temporarily_unavailable` where a password is not enough to begin with
 */
export function authenticateNewUser(
  deps: Pick<AuthDeps, "clock" | "credentialKinds">,
  purpose: "registration" | "registration_link",
  user: User,
): Authentication {
  const proven = { user, kinds: ["password"], methods: [{ kind: "password", at: deps.clock.now() }] } as const;
  const result = complete(deps, purpose, proven);
  if ("missing" in result) throw new AuthError("temporarily_unavailable");
  return result;
}

/** An unknown name and a wrong password get one error. Only a user who knew the password learns that the account is disabled. */
export function loginError(
  { emit }: Pick<AuthDeps, "emit">,
  { found, client, why }: { found: Pick<Credentials, "user"> | undefined; client: ClientInfo; why: LoginFailure },
): AuthError {
  emit({ type: "login_failed", userId: found?.user.id ?? null, why }, client);
  return new AuthError(why === "disabled" ? "account_disabled" : "invalid_credentials");
}

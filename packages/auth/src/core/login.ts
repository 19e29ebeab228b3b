import {
  complainAboutEmail,
  complainAboutName,
  complainAboutUsername,
  emailKey,
  looksLikeEmail,
  usernameKey,
} from "./account-text.ts";
import type { AuthParts } from "./auth.ts";
import { AuthError, type FieldErrors } from "./errors.ts";
import type { LoginFailure } from "./events.ts";
import { usernameSkeleton } from "./look-alike.ts";
import { createNewDeviceNotice } from "./new-device.ts";
import { checkNewPassword } from "./password-policy.ts";
import type { Credentials, User } from "./store.ts";
import { type IssuedTokens, newId, type SessionStart, type TokenIssuer } from "./token-issuer.ts";

export interface RegisterInput extends SessionStart {
  username: string;
  email: string;
  name: string;
  password: string;
}

export interface LoginInput extends SessionStart {
  /** A username or an email. */
  identifier: string;
  password: string;
  /** What the device was given at an earlier login, if it says so. */
  deviceToken?: string | undefined;
}

interface Login {
  register(input: RegisterInput): Promise<IssuedTokens>;
  login(input: LoginInput): Promise<IssuedTokens>;
}

export function createLogin(parts: AuthParts, issuer: TokenIssuer): Login {
  const { store, passwords, clock, randomBytes, settings, limits, passwordPolicy, tell, notify } = parts;
  const { attempts, devices, share } = parts;
  const noticeDevice = createNewDeviceNotice(parts);

  async function register(input: RegisterInput): Promise<IssuedTokens> {
    const { username, email, name, password } = checkAccountText(input);
    await checkNewPassword(password, { ...passwordPolicy, account: { username, email, name } });
    const now = clock.now();
    const user: User = {
      id: newId(now, randomBytes),
      username,
      email,
      name,
      createdAt: now,
      disabledAt: null,
      credentialVersion: 1,
      role: "user",
      claimsVersion: 1,
      emailVerifiedAt: null,
    };
    const passwordHash = await passwords.hash(password);
    const { session, refreshToken } = issuer.begin(user, input);
    // The user and the first session are one write: whoever is told "try again" has not already taken the name.
    const keys = {
      usernameKey: usernameKey(username),
      usernameSkeleton: usernameSkeleton(username),
      emailKey: emailKey(email),
    };
    const outcome = await store.createAccount({ user: { ...user, ...keys, passwordHash }, session });
    if (outcome !== "created") throw takenError(outcome);
    tell({ type: "user_registered", userId: user.id, sessionId: session.id }, input);
    notify({ kind: "verify_email", userId: user.id, addressKey: emailKey(email), client: input });
    return rememberDevice(input, await issuer.issue(user, session, refreshToken));
  }

  async function login(input: LoginInput, found: Credentials | undefined): Promise<IssuedTokens> {
    // Also for nobody: an unknown name must cost the time of a known one (ASVS 6.3.8).
    const verdict = await passwords.verify(input.password, found?.passwordHash);
    if (found && verdict.unusable) tell({ type: "password_hash_unusable", userId: found.user.id });
    if (!found || !verdict.matches) throw fail(parts, input, found, found ? "wrong_password" : "unknown_user");
    const { user } = found;
    if (user.disabledAt !== null) throw fail(parts, input, found, "disabled");

    const { session, refreshToken } = issuer.begin(user, input);
    const now = clock.now();
    const room = { atMost: settings.sessionsPerUser, now, idleSince: now - limits.idleMs };
    if ((await store.createSession(session, room)) !== "created")
      throw fail(parts, input, found, "credentials_changed");
    tell({ type: "login_succeeded", userId: user.id, sessionId: session.id }, input);
    noticeDevice(session);
    if (verdict.needsUpgrade) await upgradeHash(parts, found, input.password);
    return rememberDevice(input, await issuer.issue(user, session, refreshToken));
  }

  /**
   * In browsers alone: a client with a body keeps one token. Also where one is asked to forget the login, because the token
   * names nobody, and whoever has to log in each day needs it most.
   */
  function rememberDevice(start: Pick<LoginInput, "delivery" | "deviceToken">, issued: IssuedTokens): IssuedTokens {
    if (!devices || start.delivery === "body") return issued;
    const { id } = issued.user;
    return { ...issued, deviceToken: devices.issue(id, devices.read(start.deviceToken, id)) };
  }

  return {
    register: (input) =>
      attempts.registration(
        input.ipAddress,
        () => share(input.ipAddress, () => register(input)),
        (scope) => tell({ type: "attempts_limited", scope, userId: null, sessionId: null }, input),
      ),

    async login(input) {
      const { identifier, ipAddress } = input;
      const found = await find(parts, identifier);
      const userId = found?.user.id ?? null;
      const attempt = {
        account: looksLikeEmail(identifier) ? emailKey(identifier) : usernameKey(identifier),
        ipAddress,
        deviceId: userId === null ? undefined : devices?.read(input.deviceToken, userId),
      };
      return attempts.login(
        attempt,
        () => share(ipAddress, () => login(input, found)),
        (scope) => tell({ type: "attempts_limited", scope, userId, sessionId: null }, input),
      );
    },
  };
}

async function find({ store }: AuthParts, identifier: string): Promise<Credentials | undefined> {
  return looksLikeEmail(identifier)
    ? store.findCredentials({ emailKey: emailKey(identifier) })
    : store.findCredentials({ usernameKey: usernameKey(identifier) });
}

/** An unknown name and a wrong password get one answer. Only who knew the password learns that the account is disabled. */
function fail({ tell }: AuthParts, from: LoginInput, found: Credentials | undefined, why: LoginFailure): AuthError {
  tell({ type: "login_failed", userId: found?.user.id ?? null, why }, from);
  return new AuthError(why === "disabled" ? "account_disabled" : "invalid_credentials");
}

/** Best effort: whoever gave the right password is logged in, also when their hash has to stay as it is for today. */
async function upgradeHash({ store, passwords, tell }: AuthParts, found: Credentials, password: string): Promise<void> {
  const { user, passwordHash } = found;
  try {
    const to = await passwords.hash(password);
    if (await store.upgradePasswordHash({ userId: user.id, from: passwordHash, to })) {
      tell({ type: "password_hash_upgraded", userId: user.id });
    }
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
  }
}

function checkAccountText(input: RegisterInput): Pick<RegisterInput, "username" | "email" | "name" | "password"> {
  const complaints = {
    username: complainAboutUsername(input.username),
    email: complainAboutEmail(input.email),
    name: complainAboutName(input.name),
  };
  const fields: FieldErrors = Object.fromEntries(
    Object.entries(complaints).flatMap(([field, complaint]) => (complaint ? [[field, [complaint]]] : [])),
  );
  if (Object.keys(fields).length > 0) throw new AuthError("validation_failed", { fields });
  return {
    username: input.username.trim(),
    email: input.email.trim(),
    name: input.name.trim(),
    password: input.password,
  };
}

function takenError(outcome: "username_taken" | "email_taken"): AuthError {
  const error = new AuthError(outcome);
  const field = outcome === "username_taken" ? "username" : "email";
  return new AuthError(outcome, { fields: { [field]: [error.message] } });
}

import { errorOfNewPassword } from "../credentials/password/policy.ts";
import { AuthError, type FieldErrors } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import type { IssuedTokens, SessionStart, User } from "../domain/model.ts";
import { hashEmailLinkToken, linkEnds } from "../email/link-token.ts";
import { verificationOf } from "../email/outbox.ts";
import {
  canonicalEmail,
  emailKey,
  usernameKey,
  validateEmail,
  validateName,
  validateUsername,
} from "../identifiers/account-text.ts";
import { usernameSkeleton } from "../identifiers/skeleton.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import type { AuthDeps } from "./deps.ts";
import { type EmailRequestInput, requestEmail } from "./email-request.ts";

export interface RegisterInput extends SessionStart {
  username: string;
  email: string;
  name: string;
  password: string;
}

export interface CompleteRegistrationInput extends Omit<RegisterInput, "email"> {
  /** The secret of the link that was sent to the address. */
  link: string;
}

/**
 * How accounts begin: at once, or with a link that is sent to their address. In the second way there is no account before
 * its address is shown to be somebody's, and whoever asks is told nothing of it (docs/decisions/0020).
 */
export function createRegistration(
  deps: Pick<
    AuthDeps,
    | "rateLimiter"
    | "clock"
    | "devices"
    | "sendEmail"
    | "oneAtATime"
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
  const { store, settings, clock, rateLimiter, limitInFlight, oneAtATime, emit } = deps;

  const limited = (input: SessionStart, make: () => Promise<IssuedTokens>) =>
    rateLimiter.registration(
      input.ipAddress,
      () => limitInFlight(input.ipAddress, make),
      (scope) => emit({ type: "attempts_limited", scope, userId: null, sessionId: null }, input),
    );

  const queryOf = (secretHash: Uint8Array) => ({ secretHash, ...linkEnds("register", settings, clock.now()) });

  async function findLink(secretHash: Uint8Array) {
    const found = await store.findRegistrationLink(queryOf(secretHash));
    if (!found) throw new AuthError("mail_link_invalid");
    return { email: found.email, emailKey: emailKey(found.email) };
  }

  return {
    async register(input: RegisterInput): Promise<IssuedTokens> {
      if (settings.registration === "by_mail") throw new AuthError("registration_by_mail");
      return limited(input, () => makeAccount(deps, issuer, input));
    },

    requestRegistration: (request: EmailRequestInput): Promise<void> => requestEmail(deps, "register", request),

    async completeRegistration(input: CompleteRegistrationInput): Promise<IssuedTokens> {
      const secretHash = hashEmailLinkToken(input.link);
      if (!secretHash) throw new AuthError("mail_link_invalid");
      const { emailKey: address } = await findLink(secretHash);
      return oneAtATime(`registration ${address}`, () =>
        limited(input, async () => {
          const { email } = await findLink(secretHash);
          return makeAccount(deps, issuer, { ...input, email }, secretHash);
        }),
      );
    },

    async findRegistrationLinkEmail(link: string): Promise<{ email: string } | undefined> {
      const secretHash = hashEmailLinkToken(link);
      return secretHash && store.findRegistrationLink(queryOf(secretHash));
    },
  };
}

/** @param secretHash of the link that shows the address to be theirs, where there is one; the store consumes it */
async function makeAccount(
  deps: Pick<
    AuthDeps,
    "clock" | "devices" | "sendEmail" | "passwordPolicy" | "passwords" | "randomBytes" | "settings" | "store" | "emit"
  >,
  issuer: TokenIssuer,
  input: RegisterInput,
  secretHash?: Uint8Array,
): Promise<IssuedTokens> {
  const { store, settings, passwords, clock, passwordPolicy, devices, emit, sendEmail } = deps;
  const account = await checkAccount(input, passwordPolicy);
  const passwordHash = await passwords.hash(input.password);
  const user = newUser(deps, account, secretHash !== undefined);
  const { session, secrets } = issuer.begin(user, input);
  const keys = {
    usernameKey: usernameKey(user.username),
    usernameSkeleton: usernameSkeleton(user.username),
    emailKey: emailKey(user.email),
  };
  // The user and the first session are one write: whoever is told "try again" has not already taken the name.
  const link = secretHash && { secretHash, ...linkEnds("register", settings, clock.now()) };
  const outcome = await store.createAccount({ user: { ...user, ...keys, passwordHash }, session, link });
  if (outcome === "link_invalid") throw new AuthError("mail_link_invalid");
  if (outcome !== "created") throw await takenError(deps, outcome, secretHash ? undefined : keys.emailKey);
  emit({ type: "user_registered", userId: user.id, sessionId: session.id }, input);
  if (!link) sendEmail(verificationOf(user, input));
  const issued = await issuer.issue(user, session, secrets);
  return devices ? devices.remember(issued) : issued;
}

type AccountText = Pick<RegisterInput, "username" | "email" | "name">;

function newUser(
  { clock, randomBytes }: Pick<AuthDeps, "clock" | "randomBytes">,
  account: AccountText,
  isAddressShown: boolean,
): User {
  const now = clock.now();
  return {
    id: newId(now, randomBytes),
    ...account,
    createdAt: now,
    disabledAt: null,
    credentialVersion: 1,
    role: "user",
    claimsVersion: 1,
    emailVerifiedAt: isAddressShown ? now : null,
  };
}

/**
 * Reports all that is wrong with a new account in one answer, the password too.
 *
 * @throws {AuthError} `validation_failed` | `password_unacceptable` where only the password is
 */
async function checkAccount(
  input: AccountText & { password: string },
  policy: AuthDeps["passwordPolicy"],
): Promise<AccountText> {
  const complaints = {
    username: input.username.trim() === "" ? "Enter a username" : validateUsername(input.username),
    email: input.email.trim() === "" ? "Enter your email address" : validateEmail(input.email),
    name: validateName(input.name),
    password: input.password === "" ? "Enter a password" : undefined,
  };
  const fields: FieldErrors = Object.fromEntries(
    Object.entries(complaints).flatMap(([field, complaint]) => (complaint ? [[field, [complaint]]] : [])),
  );
  const account = {
    username: input.username.trim(),
    email: canonicalEmail(input.email),
    name: input.name.trim(),
  };
  const passwordError = await errorOfNewPassword(input.password, { ...policy, account });
  if (Object.keys(fields).length > 0) {
    throw new AuthError("validation_failed", {
      fields: { ...fields, ...(fields.password ? {} : passwordError?.fields) },
    });
  }
  if (passwordError) throw passwordError;
  return account;
}

/**
 * Names both fields where both are taken. That gives no more answers than before: each counted try asks about one username
 * and one address.
 *
 * @param emailKey of the address that was typed; undefined where a link has settled it
 */
async function takenError(
  { store }: Pick<AuthDeps, "store">,
  outcome: "username_taken" | "email_taken",
  emailKey: string | undefined,
): Promise<AuthError> {
  const { message } = new AuthError(outcome);
  if (outcome === "email_taken") return new AuthError(outcome, { fields: { email: [message] } });
  const isEmailTaken = emailKey !== undefined && (await store.findCredentials({ emailKey })) !== undefined;
  const email = isEmailTaken ? { email: [new AuthError("email_taken").message] } : {};
  return new AuthError(outcome, { fields: { username: [message], ...email } });
}

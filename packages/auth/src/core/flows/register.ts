import { errorOfNewPassword } from "../credentials/password/policy.ts";
import { AuthError, type FieldErrors } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import type { IssuedTokens, SessionStart, StoredSession, User } from "../domain/model.ts";
import { hashEmailLinkToken, linkQuery, requireLinkHash } from "../email/link-token.ts";
import { verificationOf } from "../email/outbox.ts";
import { canonicalEmail, emailKey, validateEmail } from "../identifiers/email.ts";
import { validateName } from "../identifiers/name.ts";
import { usernameSkeleton } from "../identifiers/skeleton.ts";
import { usernameKey, validateUsername } from "../identifiers/username.ts";
import type { EmailLinkQuery } from "../ports/email-store.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { authenticateNewUser } from "./authentication/authenticate.ts";
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

type RegistrationDeps = AccountDeps & Pick<AuthDeps, "rateLimiter" | "oneAtATime" | "limitInFlight">;

/** What the creation of an account takes, without the limits around it. */
type AccountDeps = Pick<
  AuthDeps,
  | "clock"
  | "credentialKinds"
  | "devices"
  | "sendEmail"
  | "passwordPolicy"
  | "passwords"
  | "randomBytes"
  | "settings"
  | "store"
  | "emit"
>;

/**
 * How accounts begin: at once, or by a link that is sent to their address. In the second way an account exists only after the
 * user has read an email at that address, and a caller does not learn whether an address has an account
 * (docs/decisions/0020).
 */
export function createRegistration(deps: RegistrationDeps, issuer: TokenIssuer) {
  const { settings, oneAtATime } = deps;
  return {
    async register(input: RegisterInput): Promise<IssuedTokens> {
      if (settings.registration === "by_mail") throw new AuthError("registration_by_mail");
      return limitRegistration(deps, input, () => createAccount(deps, issuer, input));
    },

    requestRegistration: (request: EmailRequestInput): Promise<void> => requestEmail(deps, "register", request),

    async completeRegistration(input: CompleteRegistrationInput): Promise<IssuedTokens> {
      const secretHash = requireLinkHash(input.link);
      const { email: address } = await requireLink(deps, secretHash);
      return oneAtATime(`registration ${emailKey(address)}`, () =>
        limitRegistration(deps, input, async () => {
          const { email } = await requireLink(deps, secretHash);
          return createAccount(deps, issuer, { ...input, email }, secretHash);
        }),
      );
    },

    async findRegistrationLinkEmail(link: string): Promise<{ email: string } | undefined> {
      const secretHash = hashEmailLinkToken(link);
      return secretHash && findLink(deps, secretHash);
    },
  };
}

function limitRegistration<T>(
  { rateLimiter, limitInFlight, emit }: Pick<AuthDeps, "rateLimiter" | "limitInFlight" | "emit">,
  client: SessionStart,
  run: () => Promise<T>,
): Promise<T> {
  return rateLimiter.registration(
    client.ipAddress,
    () => limitInFlight(client.ipAddress, run),
    (scope) => emit({ type: "attempts_limited", scope, userId: null, sessionId: null }, client),
  );
}

type LinkDeps = Pick<AuthDeps, "clock" | "settings" | "store">;

function findLink({ store, settings, clock }: LinkDeps, secretHash: Uint8Array) {
  return store.findRegistrationLink(linkQuery("register", secretHash, settings, clock.now()));
}

async function requireLink(deps: LinkDeps, secretHash: Uint8Array): Promise<{ email: string }> {
  const found = await findLink(deps, secretHash);
  if (!found) throw new AuthError("mail_link_invalid");
  return found;
}

/** @param secretHash of the link that verifies the address, where there is one; the store consumes it */
async function createAccount(
  deps: AccountDeps,
  issuer: TokenIssuer,
  input: RegisterInput,
  secretHash?: Uint8Array,
): Promise<IssuedTokens> {
  const { store, settings, passwords, clock, passwordPolicy, devices, emit, sendEmail } = deps;
  const account = await checkAccount(input, passwordPolicy);
  const passwordHash = await passwords.hash(input.password);
  const user = newUser(deps, account, secretHash !== undefined);
  const authentication = authenticateNewUser(deps, secretHash ? "registration_link" : "registration", user);
  const { session, secrets } = issuer.begin(authentication, input);
  // The user and the first session are one write: a user who is told "try again" must not have taken the name already.
  const link = secretHash && linkQuery("register", secretHash, settings, clock.now());
  await storeAccount(store, { user, passwordHash, session, link });
  emit({ type: "user_registered", userId: user.id, sessionId: session.id }, input);
  if (!link) sendEmail(verificationOf(user, input));
  const issued = await issuer.issue(user, session, secrets);
  return devices ? devices.remember(issued) : issued;
}

/** @throws {AuthError} `username_taken` | `email_taken`, with both fields where both are; `mail_link_invalid` */
export async function storeAccount(
  store: AuthDeps["store"],
  account: { user: User; passwordHash: string | null; session?: StoredSession; link?: EmailLinkQuery | undefined },
): Promise<void> {
  const { user, passwordHash, session, link } = account;
  const keys = {
    usernameKey: usernameKey(user.username),
    usernameSkeleton: usernameSkeleton(user.username),
    emailKey: emailKey(user.email),
  };
  const outcome = await store.createAccount({ user: { ...user, ...keys, passwordHash }, session, link });
  if (outcome === "link_invalid") throw new AuthError("mail_link_invalid");
  if (outcome !== "created") throw await takenError({ store }, outcome, link ? undefined : keys.emailKey);
}

export type Identifiers = Pick<RegisterInput, "username" | "email" | "name">;

export function newUser(
  { clock, randomBytes }: Pick<AuthDeps, "clock" | "randomBytes">,
  account: Identifiers,
  isEmailVerified: boolean,
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
    emailVerifiedAt: isEmailVerified ? now : null,
  };
}

/**
 * Reports all issues of a new account in one error, those of the password too.
 *
 * @throws {AuthError} `validation_failed` | `password_unacceptable` where only the password is
 */
async function checkAccount(
  input: Identifiers & { password: string },
  policy: AuthDeps["passwordPolicy"],
): Promise<Identifiers> {
  const { account, fields: wrong } = checkIdentifiers(input);
  const fields: FieldErrors = input.password === "" ? { ...wrong, password: ["Enter a password"] } : wrong;
  const passwordError = await errorOfNewPassword(input.password, { ...policy, account });
  if (Object.keys(fields).length > 0) {
    throw new AuthError("validation_failed", {
      fields: { ...fields, ...(fields.password ? {} : passwordError?.fields) },
    });
  }
  if (passwordError) throw passwordError;
  return account;
}

/** A new account in its canonical form, and what is wrong with each of its fields. */
export function checkIdentifiers(input: Identifiers): { account: Identifiers; fields: FieldErrors } {
  const issues = {
    username: input.username.trim() === "" ? "Enter a username" : validateUsername(input.username),
    email: input.email.trim() === "" ? "Enter your email address" : validateEmail(input.email),
    name: validateName(input.name),
  };
  const wrong = Object.entries(issues).flatMap(([field, issue]) => (issue ? [[field, [issue]]] : []));
  const account = {
    username: input.username.trim(),
    email: canonicalEmail(input.email),
    name: input.name.trim(),
  };
  return { account, fields: Object.fromEntries(wrong) };
}

/**
 * Names both fields where both are taken. An attacker learns no more by that: each counted try is about one username and one
 * address.
 *
 * @param emailKey of the address that was typed; undefined where a link has verified it
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

import { checkNewPassword } from "../credentials/password/policy.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, EmailLinkKind, User } from "../domain/model.ts";
import { hashEmailLinkToken, linkQuery, requireLinkHash } from "../email/link-token.ts";
import { noticeTo } from "../email/outbox.ts";
import { requireLinkAssurance } from "./authentication/require-assurance.ts";
import type { AuthDeps } from "./deps.ts";
import { type EmailRequestInput, requestEmail } from "./email-request.ts";

interface ResetPasswordInput {
  link: string;
  newPassword: string;
  /** Where the request came from, where that is known: for the email and the audit log. */
  client?: ClientInfo;
}

type RecoveryDeps = Pick<
  AuthDeps,
  | "rateLimiter"
  | "clock"
  | "credentialKinds"
  | "sendEmail"
  | "oneAtATime"
  | "passwordPolicy"
  | "passwords"
  | "randomBytes"
  | "settings"
  | "limitInFlight"
  | "store"
  | "emit"
>;

/** The kinds of links that set a password, each with the event of its use and what the assurance rule is asked for. */
const passwordLinks = {
  reset_password: { event: "password_reset", purpose: "reset_link" },
  invitation: { event: "invitation_accepted", purpose: "invitation_link" },
} as const;
type PasswordLinkKind = keyof typeof passwordLinks;

/** A new password by a link in an email, or the first one by an invitation. A known and an unknown address get the same output (fault case P14). */
export function createRecovery(deps: RecoveryDeps) {
  const { store, passwords, passwordPolicy, limitInFlight, oneAtATime, emit, sendEmail } = deps;

  return {
    requestPasswordReset: (request: EmailRequestInput): Promise<void> => requestEmail(deps, "reset_password", request),

    async resetPassword({ link, newPassword, client }: ResetPasswordInput): Promise<void> {
      const secretHash = requireLinkHash(link);
      const { kind, owner } = await requirePasswordLink(deps, secretHash);
      const user = await oneAtATime(`reset ${owner.id}`, async () => {
        // Again: an earlier concurrent call has most likely consumed the link, and then nothing is hashed.
        const { owner: account } = await requirePasswordLink(deps, secretHash);
        // Before the link is consumed, so that a user whose new password is rejected may choose another one.
        await checkNewPassword(newPassword, { ...passwordPolicy, account });
        await requireLinkAssurance(deps, passwordLinks[kind].purpose, owner.id);
        const hash = () => passwords.hash(newPassword);
        const passwordHash = await limitInFlight(client?.ipAddress ?? null, hash);
        const now = deps.clock.now();
        const use = { now, ...linkQuery(kind, secretHash, deps.settings, now), passwordHash };
        return kind === "invitation" ? store.consumeInvitation(use) : store.consumeResetLink(use);
      });
      if (!user) throw new AuthError("mail_link_invalid");
      emit({ type: passwordLinks[kind].event, userId: user.id }, client);
      // A first password is no change, and its owner has just read an email at this address.
      if (kind === "reset_password") sendEmail(noticeTo("password_changed", user, client));
    },

    async findLinkOwner({ link, kind }: { link: string; kind: EmailLinkKind }): Promise<User | undefined> {
      const secretHash = hashEmailLinkToken(link);
      return secretHash && findOwner(deps, kind, secretHash);
    },
  };
}

function findOwner(
  { store, settings, clock }: Pick<AuthDeps, "clock" | "settings" | "store">,
  kind: EmailLinkKind,
  secretHash: Uint8Array,
): Promise<User | undefined> {
  return store.findEmailLink({ kind, ...linkQuery(kind, secretHash, settings, clock.now()) });
}

async function requirePasswordLink(
  deps: Pick<AuthDeps, "clock" | "settings" | "store">,
  secretHash: Uint8Array,
): Promise<{ kind: PasswordLinkKind; owner: User }> {
  for (const kind of Object.keys(passwordLinks) as PasswordLinkKind[]) {
    const owner = await findOwner(deps, kind, secretHash);
    if (owner) return { kind, owner };
  }
  throw new AuthError("mail_link_invalid");
}

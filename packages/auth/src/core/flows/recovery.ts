import { checkNewPassword } from "../credentials/password/policy.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, EmailLinkKind, Principal, User } from "../domain/model.ts";
import { hashEmailLinkToken, linkEnds } from "../email/link-token.ts";
import { type EmailRequest, emailLimitKey, enqueueEmail, hourMs, noticeTo, verificationOf } from "../email/outbox.ts";
import { emailKey } from "../identifiers/account-text.ts";
import type { AuthDeps } from "./deps.ts";
import { checkEmail, type EmailRequestInput, rejectEmail, requestEmail } from "./email-request.ts";
import { rejectionOfWrite } from "./session-errors.ts";

interface FromSomewhere {
  /** Where it came from, where that is known: for the mail and the timeline. */
  client?: ClientInfo;
}

interface Asker extends FromSomewhere {
  principal: Pick<Principal, "user" | "session">;
}

/**
 * Recovery by mail. Whoever asks gets one answer, known or unknown (fault case P14; see `requestEmail`).
 */
export function createRecovery(
  deps: Pick<
    AuthDeps,
    | "rateLimiter"
    | "clock"
    | "limits"
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
) {
  const { store, settings, passwords, passwordPolicy, clock, limitInFlight, oneAtATime, emit, sendEmail } = deps;

  function useOf(kind: EmailLinkKind, secretHash: Uint8Array) {
    const now = clock.now();
    return { secretHash, now, ...linkEnds(kind, settings, now) };
  }

  const find = (kind: EmailLinkKind, secretHash: Uint8Array) =>
    store.findEmailLink({ kind, secretHash, ...linkEnds(kind, settings, clock.now()) });

  async function findReset(secretHash: Uint8Array): Promise<User> {
    const account = await find("reset_password", secretHash);
    if (!account) throw new AuthError("mail_link_invalid");
    return account;
  }

  return {
    requestPasswordReset: (request: EmailRequestInput): Promise<void> => requestEmail(deps, "reset_password", request),

    async resetPassword(input: FromSomewhere & { link: string; newPassword: string }): Promise<void> {
      const secretHash = hashOf(input.link);
      const { id } = await findReset(secretHash);
      const user = await oneAtATime(`reset ${id}`, async () => {
        // Again, in its turn: a call that came before has mostly used the link up, and then nothing is hashed.
        const account = await findReset(secretHash);
        // Before the link is consumed: whoever chose a password that will not do may choose another.
        await checkNewPassword(input.newPassword, { ...passwordPolicy, account });
        const hash = () => passwords.hash(input.newPassword);
        const passwordHash = await limitInFlight(input.client?.ipAddress ?? null, hash);
        return store.consumeResetLink({ ...useOf("reset_password", secretHash), passwordHash });
      });
      if (!user) throw new AuthError("mail_link_invalid");
      emit({ type: "password_reset", userId: user.id }, input.client);
      sendEmail(noticeTo("password_changed", user, input.client));
    },

    async requestEmailVerification({ principal, client }: Asker): Promise<void> {
      if (principal.user.emailVerifiedAt !== null) return;
      await orderOrRefuse(deps, principal, verificationOf(principal.user, client));
    },

    async changeEmail({ principal, email, client }: Asker & { email: string }): Promise<void> {
      const { user, session } = principal;
      const address = checkEmail(email);
      if (emailKey(address) === emailKey(user.email)) rejectEmail("That is your address already");
      await orderOrRefuse(deps, principal, {
        kind: "change_email",
        userId: user.id,
        address,
        addressKey: emailLimitKey(emailKey(address)),
        boundEmailKey: emailKey(user.email),
        boundCredentialVersion: user.credentialVersion,
        boundSessionId: session.id,
        isLimited: true,
        client,
      });
      sendEmail(noticeTo("email_change_asked", user, client));
    },

    async verifyEmail({
      link,
      client,
    }: FromSomewhere & { link: string }): Promise<{ email: string; changed: boolean }> {
      const secretHash = hashOf(link);
      const verified = await store.consumeVerifyLink(useOf("verify_email", secretHash));
      if (verified) {
        emit({ type: "email_verified", userId: verified.id }, client);
        return { email: verified.email, changed: false };
      }
      const change = await store.consumeChangeLink(useOf("change_email", secretHash));
      if (!change) throw new AuthError("mail_link_invalid");
      const { user, formerEmail, formerEmailVerifiedAt } = change;
      emit({ type: "email_changed", userId: user.id }, client);
      const former = { id: user.id, email: formerEmail, emailVerifiedAt: formerEmailVerifiedAt };
      sendEmail(noticeTo("email_changed", former, client));
      return { email: user.email, changed: true };
    },

    async findLinkOwner({ link, kind }: { link: string; kind: EmailLinkKind }): Promise<User | undefined> {
      const secretHash = hashEmailLinkToken(link);
      return secretHash && find(kind, secretHash);
    },
  };
}

function hashOf(link: string): Uint8Array {
  const hash = hashEmailLinkToken(link);
  if (!hash) throw new AuthError("mail_link_invalid");
  return hash;
}

/** For whoever is logged in, and asks about an address that they say is theirs. */
async function orderOrRefuse(
  deps: Pick<AuthDeps, "clock" | "limits" | "randomBytes" | "settings" | "store">,
  principal: Asker["principal"],
  wish: EmailRequest,
): Promise<void> {
  const outcome = await enqueueEmail(deps, wish);
  if (outcome === "ordered") return;
  if (outcome === "void") throw await rejectionOfWrite(deps, principal.session.id);
  const message =
    "That address was sent as many mails as we send in an hour. Look into its spam folder, or come back later";
  throw new AuthError("rate_limited", { message, retryAfterSeconds: hourMs / 1000 });
}

import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal } from "../domain/model.ts";
import { linkQuery, requireLinkHash } from "../email/link-token.ts";
import { type EmailRequest, emailLimitKey, enqueueEmail, hourMs, noticeTo, verificationOf } from "../email/outbox.ts";
import { emailKey } from "../identifiers/email.ts";
import { requireLinkAssurance } from "./authentication/require-assurance.ts";
import type { AuthDeps } from "./deps.ts";
import { checkEmail, rejectEmail } from "./email-request.ts";
import { writeRejection } from "./session-errors.ts";

interface EmailActionInput {
  principal: Pick<Principal, "user" | "session">;
  /** Where the request came from, where that is known: for the email and the audit log. */
  client?: ClientInfo;
}

interface VerifyEmailInput {
  link: string;
  client?: ClientInfo;
}

/** How a user shows that an address is theirs: the address of now, or the one to come. */
export function createEmailChange(
  deps: Pick<
    AuthDeps,
    "clock" | "credentialKinds" | "limits" | "sendEmail" | "randomBytes" | "settings" | "store" | "emit"
  >,
) {
  const { store, settings, clock, emit, sendEmail } = deps;
  return {
    async requestEmailVerification({ principal, client }: EmailActionInput): Promise<void> {
      if (principal.user.emailVerifiedAt !== null) return;
      await enqueueOrReject(deps, principal, verificationOf(principal.user, client));
    },

    async changeEmail({ principal, email, client }: EmailActionInput & { email: string }): Promise<void> {
      const { user } = principal;
      const address = checkEmail(email);
      if (emailKey(address) === emailKey(user.email)) rejectEmail("That is your address already");
      await enqueueOrReject(deps, principal, changeOf(principal, address, client));
      sendEmail(noticeTo("email_change_asked", user, client));
    },

    async verifyEmail({ link, client }: VerifyEmailInput): Promise<{ email: string; changed: boolean }> {
      const secretHash = requireLinkHash(link);
      const now = clock.now();
      await requireAssuranceOf(deps, secretHash, now);
      const verified = await store.consumeVerifyLink({ now, ...linkQuery("verify_email", secretHash, settings, now) });
      if (verified) {
        emit({ type: "email_verified", userId: verified.id }, client);
        return { email: verified.email, changed: false };
      }
      const change = await store.consumeChangeLink({ now, ...linkQuery("change_email", secretHash, settings, now) });
      if (!change) throw new AuthError("mail_link_invalid");
      const { user, formerEmail, formerEmailVerifiedAt } = change;
      emit({ type: "email_changed", userId: user.id }, client);
      const former = { id: user.id, email: formerEmail, emailVerifiedAt: formerEmailVerifiedAt };
      sendEmail(noticeTo("email_changed", former, client));
      return { email: user.email, changed: true };
    },
  };
}

/** A link of either kind; nothing for one that is not valid, which the consumption rejects. */
async function requireAssuranceOf(
  deps: Pick<AuthDeps, "clock" | "credentialKinds" | "settings" | "store">,
  secretHash: Uint8Array,
  now: number,
): Promise<void> {
  for (const [kind, purpose] of [
    ["verify_email", "verify_link"],
    ["change_email", "change_link"],
  ] as const) {
    const owner = await deps.store.findEmailLink({ kind, ...linkQuery(kind, secretHash, deps.settings, now) });
    if (owner) return requireLinkAssurance(deps, purpose, owner.id);
  }
}

function changeOf(
  { user, session }: EmailActionInput["principal"],
  address: string,
  client: ClientInfo | undefined,
): EmailRequest {
  return {
    kind: "change_email",
    userId: user.id,
    address,
    addressKey: emailLimitKey(emailKey(address)),
    boundEmailKey: emailKey(user.email),
    boundCredentialVersion: user.credentialVersion,
    boundSessionId: session.id,
    isLimited: true,
    client,
  };
}

async function enqueueOrReject(
  deps: Pick<AuthDeps, "clock" | "limits" | "randomBytes" | "settings" | "store">,
  principal: EmailActionInput["principal"],
  request: EmailRequest,
): Promise<void> {
  const outcome = await enqueueEmail(deps, request);
  if (outcome === "ordered") return;
  if (outcome === "void") throw await writeRejection(deps, principal.session.id);
  const message =
    "That address was sent as many mails as we send in an hour. Look into its spam folder, or come back later";
  throw new AuthError("rate_limited", { message, retryAfterSeconds: hourMs / 1000 });
}

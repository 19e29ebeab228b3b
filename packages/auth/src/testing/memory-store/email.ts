import type { StoredUser } from "../../core/domain/model.ts";
import type { EmailStore, EnqueueOutcome, OutboxEmail } from "../../core/ports/email-store.ts";
import { setPassword } from "./credential.ts";
import {
  consumeChangeLink,
  consumePasswordLink,
  consumeVerifyLink,
  findEmailLink,
  isCurrent,
  putEmailLink,
  removeFutureLinks,
} from "./email-links.ts";
import { claimEmail, enqueueEmail, recallEmails, removeSettledEmails, settleEmail } from "./email-outbox.ts";
import type { MemoryRegistrationLinks } from "./email-registration.ts";
import { endSession, sessionsOf } from "./session.ts";
import { type Atomically, publicPart, type Tables } from "./tables.ts";

/** Links and waiting emails, in memory. */
export function createMemoryEmailStore(
  tables: Tables,
  registrations: MemoryRegistrationLinks,
  atomically: Atomically,
): EmailStore {
  return {
    ...registrations.methods,
    removeFutureLinks: (latest) =>
      atomically(
        "removeFutureLinks",
        () => removeFutureLinks(tables.emails, latest) + registrations.removeFuture(latest.register),
      ),
    ...createMemoryEmailLinks(tables, atomically),
    ...createMemoryOutbox(tables),
  };
}

type EmailLinks = Pick<
  EmailStore,
  | "putEmailLink"
  | "findEmailLink"
  | "consumeVerifyLink"
  | "consumeChangeLink"
  | "consumeResetLink"
  | "consumeInvitation"
>;

function createMemoryEmailLinks(tables: Tables, atomically: Atomically): EmailLinks {
  const { emails, users } = tables;
  const shown = (user: StoredUser | undefined) => user && publicPart(user);
  return {
    putEmailLink: (link, email) => atomically("putEmailLink", () => putEmailLink(emails, users, link, email)),
    findEmailLink: (query) => atomically("findEmailLink", () => shown(findEmailLink(emails, users, query)?.user)),
    consumeVerifyLink: (use) => atomically("consumeVerifyLink", () => shown(consumeVerifyLink(emails, users, use))),
    consumeChangeLink: (use) =>
      atomically("consumeChangeLink", () => {
        const change = consumeChangeLink(emails, users, use);
        return change && { ...change, user: publicPart(change.user) };
      }),
    consumeResetLink: (use) => atomically("consumeResetLink", () => choosePassword(tables, "reset_password", use)),
    consumeInvitation: (use) => atomically("consumeInvitation", () => choosePassword(tables, "invitation", use)),
  };
}

function choosePassword(
  tables: Tables,
  kind: "reset_password" | "invitation",
  { passwordHash, ...use }: Parameters<EmailStore["consumeResetLink"]>[0],
) {
  const user = consumePasswordLink(tables.emails, tables.users, { ...use, kind });
  if (!user) return undefined;
  setPassword(tables, user.id, passwordHash, use.now);
  for (const session of sessionsOf(tables, user.id)) endSession(tables, session, "password_changed", use.now);
  return publicPart(user);
}

type OutboxStore = Pick<
  EmailStore,
  "enqueueEmail" | "claimEmail" | "settleEmail" | "recallEmails" | "removeSettledEmails"
>;

/** Without pauses: each is done in one go, and the rules wait for one alone where its outcome is an answer. */
function createMemoryOutbox({ emails: { outbox }, ...tables }: Tables): OutboxStore {
  return {
    enqueueEmail: async (email, limit): Promise<EnqueueOutcome> => {
      if (!bindingHolds(tables, email)) return "void";
      return enqueueEmail(outbox, email, limit) ? "ordered" : "limited";
    },
    claimEmail: async (claim) => claimEmail(outbox, claim),
    settleEmail: async (settled) => settleEmail(outbox, settled),
    recallEmails: async (query) => recallEmails(outbox, query),
    removeSettledEmails: async ({ before }) => removeSettledEmails(outbox, before),
  };
}

/** The account and the session that requested the email are what they were, where it is bound to them. */
function bindingHolds({ users, sessions }: Pick<Tables, "users" | "sessions">, email: OutboxEmail): boolean {
  const { boundEmailKey: emailKey, boundCredentialVersion: credentialVersion, boundSessionId } = email;
  const user = users.get(email.userId ?? "");
  const isBound = emailKey !== null && credentialVersion !== null;
  if (isBound && !isCurrent(user, { emailKey, credentialVersion })) return false;
  if (boundSessionId === null) return true;
  const session = sessions.get(boundSessionId);
  return session?.userId === email.userId && session?.revokedAt === null;
}

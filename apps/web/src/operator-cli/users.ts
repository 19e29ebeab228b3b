import { type Auth, AuthError } from "@watchword/auth/core";
import type { Outcome } from "./outcome.ts";

const usage = `npm run users -- invite <username> <email> <full name>   creates an account without a password, and sends its
                                                         owner a link to choose one
npm run users -- invite <username or email>              sends that link again`;

/** The command `users`: invites a user, or sends the invitation again. The running app sends the mail. */
export async function runUsersCommand({ admin }: Pick<Auth, "admin">, args: string[]): Promise<Outcome> {
  const [what, username, email, ...names] = args;
  if (what !== "invite" || !username || (email !== undefined && names.length === 0)) return { text: usage, ok: false };
  try {
    return email === undefined
      ? await inviteAgain(admin, username)
      : await invite(admin, { username, email, name: names.join(" ") });
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { text: sentencesOf(error), ok: false };
  }
}

async function invite(admin: Auth["admin"], account: { username: string; email: string; name: string }) {
  const { user, isInvited } = await admin.createUser({ actor: null, ...account });
  if (isInvited) return { text: `${user.username} has an account, and an invitation is sent to its address`, ok: true };
  const text = `${user.username} has an account, but the invitation could not be sent now. Send it again later`;
  return { text, ok: false };
}

async function inviteAgain(admin: Auth["admin"], name: string): Promise<Outcome> {
  const user = await admin.findNamed(name);
  if (!user) return { text: "No user has that username or email", ok: false };
  if (user.disabledAt !== null) return { text: "That account is disabled. An administrator can enable it", ok: false };
  await admin.sendInvitation({ actor: null, userId: user.id });
  return { text: `The invitation of ${user.username} is sent again`, ok: true };
}

/** One line for each field that is wrong. */
function sentencesOf({ fields, message }: AuthError): string {
  return (
    Object.values(fields ?? {})
      .flat()
      .join("\n") || message
  );
}

import { type Auth, AuthError, type Role, roles } from "@watchword/auth/core";
import type { Outcome } from "./outcome.ts";

const usage = `npm run role -- <username or email> ${roles.join("|")}
for the first administrator, and for when none of them can log in`;

/** The command `role`: gives a user another role. */
export async function runRoleCommand({ admin }: Pick<Auth, "admin">, args: string[]): Promise<Outcome> {
  const [name, role, ...rest] = args;
  if (!name || !isRole(role) || rest.length > 0) return { text: usage, ok: false };
  const user = await admin.findNamed(name);
  if (!user) return { text: "No user has that username or email", ok: false };
  if (user.disabledAt !== null) return { text: "That account is disabled. An administrator can enable it", ok: false };
  if (user.role === role) return { text: `${user.username} already has the role ${role}`, ok: true };
  try {
    await admin.setRole({ actor: null, userId: user.id, role });
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { text: error.message, ok: false };
  }
  return { text: `${user.username} now has the role ${role}. It applies from the next request on`, ok: true };
}

function isRole(text: string | undefined): text is Role {
  return (roles as readonly (string | undefined)[]).includes(text);
}

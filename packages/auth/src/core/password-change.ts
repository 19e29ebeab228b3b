import type { AuthParts } from "./auth.ts";
import { AuthError } from "./errors.ts";
import { noticeTo } from "./mail-order.ts";
import { errorOfNewPassword, type PasswordPolicy } from "./password-policy.ts";
import { refusalOfWrite } from "./refused-write.ts";
import type { ClientInfo } from "./token-issuer.ts";
import type { Principal } from "./verify.ts";

export interface PasswordChangeInput {
  /** Who is asking: their session is kept, all their others end. */
  principal: Pick<Principal, "user" | "session">;
  currentPassword: string;
  newPassword: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

/** Asks for the current password again (ASVS 6.2.3), because a session that was left open must not be enough. */
export function createPasswordChange(parts: AuthParts) {
  const { store, passwords, clock, passwordPolicy, attempts, tell, notify } = parts;
  return async ({ principal, currentPassword, newPassword, client }: PasswordChangeInput): Promise<void> => {
    const { user, session } = principal;
    const found = await store.findCredentialsById(user.id);
    const about = { userId: user.id, sessionId: session.id };
    const checkNew = () => errorOf(newPassword, { ...passwordPolicy, account: user });
    if (currentPassword === "") {
      const fields = { currentPassword: ["Enter your current password"], ...(await checkNew())?.fields };
      throw new AuthError("validation_failed", { fields });
    }
    const check = async () => {
      const verdict = await passwords.verify(currentPassword, found?.passwordHash);
      if (found && verdict.matches) return found.passwordHash;
      tell({ type: "password_change_failed", ...about }, client);
      const message = "That is not your current password";
      // Both problems in one answer.
      const fields = { currentPassword: [message], ...(await checkNew())?.fields };
      throw new AuthError("invalid_credentials", { message, fields });
    };
    const from = await attempts.proof(session.id, check, (scope) =>
      tell({ type: "attempts_limited", scope, ...about }, client),
    );
    const unacceptable = await checkNew();
    if (unacceptable) throw unacceptable;
    const changed = await store.changePassword({
      userId: user.id,
      from,
      to: await passwords.hash(newPassword),
      keepSessionId: session.id,
      now: clock.now(),
    });
    // Also where a login stored the same password in a newer way, or this session changed it twice. Those ended nothing.
    if (!changed) throw await refusalOfWrite(parts, session.id);
    tell({ type: "password_changed", ...about }, client);
    notify(noticeTo("password_changed", user, client));
  };
}

async function errorOf(newPassword: string, policy: PasswordPolicy): Promise<AuthError | undefined> {
  if (newPassword !== "") return errorOfNewPassword(newPassword, policy);
  return new AuthError("validation_failed", { fields: { password: ["Enter a new password"] } });
}

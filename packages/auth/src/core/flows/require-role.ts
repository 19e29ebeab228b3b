import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal, Role } from "../domain/model.ts";
import type { AuthDeps } from "./deps.ts";

export interface RequireRoleInput {
  principal: Pick<Principal, "user" | "session">;
  /** The roles of which one is needed. With none, nobody has it. */
  roles: readonly Role[];
  /** What was called: `admin.listUsers`, say. A name of ours, never one that somebody sent. */
  procedure: string;
  client?: ClientInfo;
}

/**
 * Who may do what, beyond being logged in. The role is the one in the access token, which is believed only as long as it is
 * still the user's (`Principal`). A refusal is told as an event: our own pages offer nobody what they may not do, so that
 * somebody who asks for it went around them (ASVS 16.3.2).
 */
export function createAccess({ emit }: Pick<AuthDeps, "emit">) {
  return {
    requireRole({ principal: { user, session }, roles, procedure, client }: RequireRoleInput): void {
      if (roles.includes(user.role)) return;
      emit({ type: "access_refused", userId: user.id, sessionId: session.id, procedure }, client);
      throw new AuthError("forbidden");
    },
  };
}

import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal, Role } from "../domain/model.ts";
import type { AuthDeps } from "./deps.ts";

export interface RequireRoleInput {
  principal: Pick<Principal, "user" | "session">;
  /** The user needs one of these roles. With an empty list every call is rejected. */
  roles: readonly Role[];
  /** The procedure that was called, such as `admin.listUsers`: our own name, never text from the client. */
  procedure: string;
  client?: ClientInfo;
}

/**
 * Authorization by role. The role comes from the access token, and counts only while the user still has it (`Principal`). A
 * rejection emits an event: our pages do not offer a call to a user without the role, so the caller has bypassed them
 * (ASVS 16.3.2).
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

import type { AuthEvent } from "../domain/events.ts";
import { storableUserAgent } from "../domain/ids.ts";
import type { ClientInfo } from "../domain/model.ts";
import type { AuditEntry } from "../ports/audit-store.ts";

type AuditFields = Pick<AuditEntry, "event" | "userId"> & Partial<AuditEntry>;

/**
 * What an event leaves in the timeline, if anything. Undefined for what would only fill it: a million refreshes leave no
 * entry, and what a session's beginning or end is told by already is not told twice. A login of an unknown user belongs to
 * nobody, and is only counted.
 */
export function toAuditEntry(event: AuthEvent, at: number, client: ClientInfo = unknownClient) {
  const told = auditFieldsOf(event);
  if (!told) return undefined;
  const entry: AuditEntry = {
    at,
    outcome: "success",
    sessionId: null,
    actorId: null,
    detail: null,
    userAgent: storableUserAgent(client.userAgent),
    ipAddress: client.ipAddress,
    ...told,
  };
  return entry;
}

const unknownClient: ClientInfo = { userAgent: null, ipAddress: null };

function auditFieldsOf(event: AuthEvent): AuditFields | undefined {
  switch (event.type) {
    case "user_registered":
      return { event: "user_created", userId: event.userId, sessionId: event.sessionId };
    case "login_succeeded":
      return { event: "authn_login_success", userId: event.userId, sessionId: event.sessionId };
    case "login_failed":
      if (event.userId === null || event.why === "unknown_user") return undefined;
      return { event: "authn_login_fail", outcome: "failure", userId: event.userId, detail: event.why };
    case "attempts_limited":
      if (event.userId === null) return undefined;
      return {
        event: "authn_login_fail_max",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
      };
    case "session_refreshed":
      if (event.how !== "rearmed") return undefined;
      return { event: "session_renewed", userId: event.userId, sessionId: event.sessionId, detail: "rearmed" };
    case "refresh_token_reused":
      return { event: "authn_token_reuse", outcome: "failure", userId: event.userId, sessionId: event.sessionId };
    case "password_changed":
      return { event: "authn_password_change", userId: event.userId, sessionId: event.sessionId };
    case "password_change_failed":
      return {
        event: "authn_password_change_fail",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
        detail: "wrong_password",
      };
    case "password_confirmed":
      return { event: "authn_reauth_success", userId: event.userId, sessionId: event.sessionId };
    case "password_confirm_failed":
      return {
        event: "authn_reauth_fail",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
        detail: "wrong_password",
      };
    case "name_changed":
      return { event: "user_updated", userId: event.userId, sessionId: event.sessionId, detail: "name" };
    case "password_reset":
      return { event: "authn_password_change", userId: event.userId, detail: "reset" };
    case "mail_link_made":
      return { event: "authn_token_created", userId: event.userId, detail: event.kind };
    case "email_verified":
      return { event: "user_updated", userId: event.userId, detail: "email_verified" };
    case "email_changed":
      return { event: "user_updated", userId: event.userId, detail: "email" };
    case "account_deleted":
      return { event: "user_deleted", userId: event.userId };
    case "data_exported":
      return { event: "sensitive_read", userId: event.userId, sessionId: event.sessionId, detail: "export" };
    case "user_disabled":
      return { event: "user_updated", userId: event.userId, actorId: event.actorId, detail: "disabled" };
    case "user_enabled":
      return { event: "user_updated", userId: event.userId, actorId: event.actorId, detail: "enabled" };
    case "role_changed":
      return { event: "authz_change", userId: event.userId, actorId: event.actorId, detail: event.role };
    case "sessions_ended_by_admin":
      return { event: "authz_admin", userId: event.userId, actorId: event.actorId, detail: "ended_by_admin" };
    case "refresh_refused":
      // That a session ran out is told by nothing that happened, until somebody comes and wants to use it.
      if (event.userId === null || event.why !== "session_expired") return undefined;
      return {
        event: "session_use_after_expire",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
      };
    case "logged_out":
    case "logged_out_everywhere":
    case "session_ended":
    case "other_sessions_ended":
    case "access_refused":
    case "password_hash_upgraded":
    case "password_hash_unusable":
    case "app_data_left":
    case "mail_settled":
    case "mail_order_lost":
    case "timeline_entry_lost":
      return undefined;
  }
}

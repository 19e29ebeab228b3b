import type { AuthEvent } from "../domain/events.ts";
import { storableUserAgent } from "../domain/ids.ts";
import type { ClientInfo } from "../domain/model.ts";
import type { AuditEntry } from "../ports/audit-store.ts";

type AuditFields = Pick<AuditEntry, "event" | "userId"> & Partial<AuditEntry>;
type EventOf<Type extends AuthEvent["type"]> = Extract<AuthEvent, { type: Type }>;

/**
 * The audit entry of an event; undefined where it leaves none. A refresh would only fill the log, and the begin and end of a
 * session are written together with the session. A failed login of an unknown user belongs to no user, and is only counted.
 */
export function toAuditEntry(event: AuthEvent, at: number, client: ClientInfo = unknownClient): AuditEntry | undefined {
  const fields = auditFieldsOf(event);
  if (!fields) return undefined;
  return {
    at,
    outcome: "success",
    sessionId: null,
    actorId: null,
    detail: null,
    userAgent: storableUserAgent(client.userAgent),
    ipAddress: client.ipAddress,
    ...fields,
  };
}

const unknownClient: ClientInfo = { userAgent: null, ipAddress: null };

function auditFieldsOf<Type extends AuthEvent["type"]>(event: EventOf<Type>): AuditFields | undefined {
  const toFields: (event: EventOf<Type>) => AuditFields | undefined = auditFields[event.type as Type];
  return toFields(event);
}

const ofSession = ({ userId, sessionId }: { userId: string; sessionId: string }) => ({ userId, sessionId });
const byActor = ({ userId, actorId }: { userId: string; actorId: string | null }) => ({ userId, actorId });
const noEntry = () => undefined;

/** Every event has its line: a new one cannot be forgotten. */
const auditFields: { [Type in AuthEvent["type"]]: (event: EventOf<Type>) => AuditFields | undefined } = {
  user_registered: (event) => ({ event: "user_created", ...ofSession(event) }),
  user_invited: (event) => ({ event: "user_created", ...byActor(event), detail: "invitation" }),
  invitation_sent_again: (event) => ({ event: "authz_admin", ...byActor(event), detail: "invitation" }),
  invitation_accepted: ({ userId }) => ({ event: "authn_password_change", userId, detail: "invitation" }),
  login_succeeded: (event) => ({ event: "authn_login_success", ...ofSession(event) }),
  login_failed: ({ userId, why }) =>
    userId === null || why === "unknown_user"
      ? undefined
      : { event: "authn_login_fail", outcome: "failure", userId, detail: why },
  attempts_limited: ({ userId, sessionId }) =>
    userId === null ? undefined : { event: "authn_login_fail_max", outcome: "failure", userId, sessionId },
  session_refreshed: (event) =>
    event.how === "rearmed" ? { event: "session_renewed", ...ofSession(event), detail: "rearmed" } : undefined,
  refresh_token_reused: (event) => ({ event: "authn_token_reuse", outcome: "failure", ...ofSession(event) }),
  password_changed: (event) => ({ event: "authn_password_change", ...ofSession(event) }),
  password_change_failed: (event) => ({
    event: "authn_password_change_fail",
    outcome: "failure",
    ...ofSession(event),
    detail: "wrong_password",
  }),
  password_confirmed: (event) => ({ event: "authn_reauth_success", ...ofSession(event) }),
  password_confirm_failed: (event) => ({
    event: "authn_reauth_fail",
    outcome: "failure",
    ...ofSession(event),
    detail: "wrong_password",
  }),
  step_up_confirmed: (event) => ({ event: "authn_reauth_success", ...ofSession(event) }),
  step_up_failed: (event) => ({
    event: "authn_reauth_fail",
    outcome: "failure",
    ...ofSession(event),
    detail: "wrong_second_factor",
  }),
  name_changed: (event) => ({ event: "user_updated", ...ofSession(event), detail: "name" }),
  password_reset: ({ userId }) => ({ event: "authn_password_change", userId, detail: "reset" }),
  mail_link_made: ({ userId, kind }) => ({ event: "authn_token_created", userId, detail: kind }),
  email_verified: ({ userId }) => ({ event: "user_updated", userId, detail: "email_verified" }),
  email_changed: ({ userId }) => ({ event: "user_updated", userId, detail: "email" }),
  account_deleted: ({ userId }) => ({ event: "user_deleted", userId }),
  data_exported: (event) => ({ event: "sensitive_read", ...ofSession(event), detail: "export" }),
  user_disabled: (event) => ({ event: "user_updated", ...byActor(event), detail: "disabled" }),
  user_enabled: (event) => ({ event: "user_updated", ...byActor(event), detail: "enabled" }),
  role_changed: (event) => ({ event: "authz_change", ...byActor(event), detail: event.role }),
  sessions_ended_by_admin: (event) => ({ event: "authz_admin", ...byActor(event), detail: "ended_by_admin" }),
  // A session expires without an event. Its first use after that is the first sign of it.
  refresh_refused: ({ userId, sessionId, why }) =>
    userId === null || why !== "session_expired"
      ? undefined
      : { event: "session_use_after_expire", outcome: "failure", userId, sessionId },
  second_factor_required: noEntry,
  credential_unreadable: noEntry,
  logged_out: noEntry,
  logged_out_everywhere: noEntry,
  session_ended: noEntry,
  other_sessions_ended: noEntry,
  access_refused: noEntry,
  password_hash_upgraded: noEntry,
  password_hash_unusable: noEntry,
  app_data_left: noEntry,
  mail_settled: noEntry,
  mail_order_lost: noEntry,
  timeline_entry_lost: noEntry,
};

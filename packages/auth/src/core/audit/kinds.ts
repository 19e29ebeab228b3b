import type { AuditEvent } from "../domain/model.ts";

/** What a reader of an audit log looks for. */
export const auditKinds = ["logins", "sessions", "account", "warnings"] as const;

export type AuditKind = (typeof auditKinds)[number];

/** The events of each kind. One event may be of several: a wrong password is about a login, and a warning. */
export const eventsOfKind: Readonly<Record<AuditKind, readonly AuditEvent[]>> = {
  logins: ["session_created", "authn_login_success", "authn_login_fail", "authn_login_fail_max"],
  sessions: ["session_created", "session_expired", "session_use_after_expire", "session_renewed", "authn_token_reuse"],
  account: [
    "user_created",
    "user_updated",
    "user_deleted",
    "authn_password_change",
    "authn_password_change_fail",
    "authn_token_created",
    "authn_reauth_success",
    "authn_reauth_fail",
    "authz_change",
    "authz_admin",
    "sensitive_read",
  ],
  warnings: [
    "authn_login_fail",
    "authn_login_fail_max",
    "authn_password_change_fail",
    "authn_reauth_fail",
    "authn_token_reuse",
  ],
};

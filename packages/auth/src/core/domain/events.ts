import type { AuditEvent, EmailKind, EmailLinkKind, RefreshRejection, Role } from "./model.ts";
import type { RateLimitScope } from "./rate-limit.ts";

/**
 * Events for logs and metrics. No event contains a token, a password, a hash, an email or text that a user typed
 * (ASVS 16.2.5).
 */
export type AuthEvent =
  | { type: "user_registered"; userId: string; sessionId: string }
  | { type: "user_invited"; userId: string; actorId: string | null }
  | { type: "invitation_sent_again"; userId: string; actorId: string | null }
  | { type: "invitation_accepted"; userId: string }
  | { type: "login_succeeded"; userId: string; sessionId: string }
  | { type: "login_failed"; userId: string | null; why: LoginFailure }
  | { type: "second_factor_required"; userId: string }
  | { type: "credential_unreadable"; userId: string; credentialId: string; kind: string }
  | { type: "attempts_limited"; scope: RateLimitScope; userId: string | null; sessionId: string | null }
  | { type: "session_refreshed"; userId: string; sessionId: string; how: "rotated" | "repeated" | "rearmed" }
  | { type: "refresh_refused"; userId: string | null; sessionId: string | null; why: RefreshRejection["why"] }
  | { type: "refresh_token_reused"; userId: string; sessionId: string }
  | { type: "logged_out"; userId: string; sessionId: string }
  | { type: "logged_out_everywhere"; userId: string; sessions: number }
  | { type: "session_ended"; userId: string; sessionId: string }
  | { type: "other_sessions_ended"; userId: string; sessionId: string; sessions: number }
  | { type: "password_changed"; userId: string; sessionId: string }
  | { type: "password_change_failed"; userId: string; sessionId: string }
  | { type: "password_confirmed"; userId: string; sessionId: string }
  | { type: "password_confirm_failed"; userId: string; sessionId: string }
  | { type: "step_up_confirmed"; userId: string; sessionId: string; kind: string }
  | { type: "step_up_failed"; userId: string; sessionId: string; kind: string }
  | { type: "name_changed"; userId: string; sessionId: string }
  | { type: "password_hash_upgraded"; userId: string }
  | { type: "password_hash_unusable"; userId: string }
  | { type: "user_disabled"; userId: string; actorId: string | null }
  | { type: "user_enabled"; userId: string; actorId: string | null }
  | { type: "role_changed"; userId: string; actorId: string | null; role: Role }
  | { type: "sessions_ended_by_admin"; userId: string; actorId: string; sessions: number }
  | { type: "access_refused"; userId: string; sessionId: string; procedure: string }
  | { type: "password_reset"; userId: string }
  | { type: "email_verified"; userId: string }
  | { type: "email_changed"; userId: string }
  | { type: "account_deleted"; userId: string }
  | { type: "app_data_left"; userId: string }
  | { type: "data_exported"; userId: string; sessionId: string }
  | { type: "mail_link_made"; userId: string; kind: EmailLinkKind }
  | { type: "mail_settled"; kind: EmailKind; outcome: EmailOutcome }
  | { type: "mail_order_lost"; kind: EmailKind }
  | { type: "timeline_entry_lost"; userId: string; event: AuditEvent };

export type LoginFailure =
  | "unknown_user"
  | "wrong_password"
  | "disabled"
  | "credentials_changed"
  | "wrong_second_factor";

/**
 * `nobody`: there is no account with that address, or no recipient any more. `void`: the email is bound to an address, a
 * password or a session that no longer holds, so that no link was generated. `put_off`: it is tried again.
 */
export type EmailOutcome = "sent" | "refused" | "nobody" | "void" | "put_off" | "given_up";

/** Called after the change and never awaited. Its errors are ignored, so that a full disk of logs stops no login. */
export type AuthEventListener = (event: AuthEvent) => void;

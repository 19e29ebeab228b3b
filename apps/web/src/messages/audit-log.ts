import type { AuditEntryOutput } from "@watchword/auth/trpc";
import { deviceName } from "./device-name.ts";

/** What happened, as one would say it to somebody who asks why. */
export interface DevEvent {
  title: string;
  text?: string;
  /** Worth a second look: somebody else may have been at work. */
  alarming?: boolean;
  /** Whether the title has said where it came from. */
  saysDevice?: boolean;
}

/** Who reads it: the person themselves, or an administrator. */
export type Whose = "yours" | "theirs";

/** One line of the history: what happened, once or several times in a row. */
export interface Told {
  /** The newest of them. */
  entry: AuditEntryOutput;
  words: DevEvent;
  times: number;
  /** When it happened first; the same moment as the newest when it happened once. */
  since: string;
}

/** Twenty wrong passwords from one place are one line, or nobody would find what else happened. */
export function toldOf(entries: readonly AuditEntryOutput[], whose: Whose = "yours"): Told[] {
  const told: Told[] = [];
  for (const entry of entries) {
    const words = happening(entry, whose);
    const last = told.at(-1);
    if (!words) continue;
    if (last && words.alarming && sameFrom(last.entry, entry) && last.words.title === words.title) {
      told[told.length - 1] = { ...last, times: last.times + 1, since: entry.at };
    } else {
      told.push({ entry, words, times: 1, since: entry.at });
    }
  }
  return told;
}

function sameFrom(one: AuditEntryOutput, other: AuditEntryOutput): boolean {
  return one.sessionId === other.sessionId && one.userAgent === other.userAgent && one.ipAddress === other.ipAddress;
}

type Entry = Pick<AuditEntryOutput, "event" | "detail" | "userAgent">;

/** Undefined for what another entry tells already: a session that began is a login that succeeded. */
export function happening(entry: Entry, whose: Whose = "yours"): DevEvent | undefined {
  const { event, detail, userAgent } = entry;
  switch (event) {
    case "session_created":
      return { title: `Logged in from ${inSentence(deviceName(userAgent))}`, saysDevice: true };
    case "session_expired":
      return loggedOut(detail, whose);
    case "session_use_after_expire":
      return { title: "Logged out: the session had run out" };
    case "session_renewed":
      return { title: "Picked up again after an answer was lost on its way" };
    case "user_created":
      return { title: whose === "yours" ? "You made this account" : "They made this account" };
    case "user_deleted":
      return { title: "The account was deleted" };
    case "user_updated":
      if (detail === "name") return { title: "The name was changed" };
      if (detail === "email") return { title: "The email address was changed" };
      if (detail === "email_verified") return { title: "The email address was confirmed" };
      if (detail === "enabled") return { title: "The account was enabled again" };
      return { title: detail === "disabled" ? "The account was disabled" : "The account was changed" };
    case "authn_login_success":
      return undefined;
    case "authn_login_fail":
      return failedLogin(detail);
    case "authn_token_created":
      return mailSent(detail);
    case "sensitive_read":
      return { title: whose === "yours" ? "You downloaded your data" : "They downloaded their data" };
    case "authn_login_fail_max":
      return {
        title: "Somebody gave many wrong passwords",
        text:
          whose === "yours"
            ? "They have to wait before each further try. On a device that you have used before, you do not."
            : "They have to wait before each further try.",
        alarming: true,
      };
    case "authn_password_change":
      if (detail === "reset") {
        return { title: "A new password was set by a link in a mail", text: "Everywhere, you were logged out." };
      }
      return { title: "The password was changed", text: "Everywhere else, you were logged out." };
    case "authn_password_change_fail":
      return {
        title: "Somebody gave a wrong current password",
        text: "The password stayed as it was.",
        alarming: true,
      };
    case "authn_reauth_success":
      return { title: whose === "yours" ? "You gave your password again" : "They gave their password again" };
    case "authn_reauth_fail":
      return { title: "Somebody gave a wrong password to do more", text: "They were not let through.", alarming: true };
    case "authn_token_reuse":
      return {
        title: "A key that had been used came back",
        text:
          whose === "yours"
            ? "It was copied, or a device was put back to an earlier day. If that was not you, change your password."
            : "It was copied, or a device was put back to an earlier day.",
        alarming: true,
      };
    case "authz_change":
      return {
        title: detail === "admin" ? "The account became an administrator’s" : "The account is an ordinary one again",
      };
    case "authz_admin":
      return undefined; // each session that it ended says so
  }
}

/** Who asked for it need not be who got it. */
function mailSent(detail: Entry["detail"]): DevEvent {
  switch (detail) {
    case "reset_password":
      return { title: "A link for a new password was sent by mail" };
    case "change_email":
      return { title: "A link was sent to the new email address" };
    default:
      return { title: "A link was sent to confirm the email address" };
  }
}

function failedLogin(detail: Entry["detail"]): DevEvent {
  if (detail === "disabled") return { title: "A login was refused: the account is disabled" };
  if (detail === "credentials_changed") return { title: "A login was refused: the password had just changed" };
  return {
    title: "Somebody gave a wrong password",
    text: "They did not get in.",
    alarming: true,
  };
}

function loggedOut(detail: Entry["detail"], whose: Whose): DevEvent {
  switch (detail) {
    case "refresh_token_reused":
      return { title: "Logged out: the key of this session was used twice", alarming: true };
    case "password_changed":
      return { title: "Logged out: the password was changed" };
    case "account_disabled":
      return { title: "Logged out: the account was disabled" };
    case "ended_by_user":
      return { title: `Logged out: ${whose === "yours" ? "you" : "they"} ended this session from another device` };
    case "ended_by_admin":
      return { title: "Logged out: an administrator ended this session" };
    case "too_many_sessions":
      return { title: "Logged out: there were too many newer sessions" };
    default:
      return { title: "Logged out" };
  }
}

/** "A device that did not say…" in the middle of a sentence. */
function inSentence(name: string): string {
  return name.startsWith("A ") ? `a ${name.slice(2)}` : name;
}

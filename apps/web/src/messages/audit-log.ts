import type { AuditEntryOutput } from "@watchword/auth/trpc";
import { deviceName } from "./device-name.ts";

/** The words for one entry of the audit log. */
export interface EntryWords {
  title: string;
  text?: string;
  /** An attacker may have caused it. */
  alarming?: boolean;
  /** Whether the title names the device. */
  saysDevice?: boolean;
}

/** Who reads it: the user, or an administrator. */
export type Whose = "yours" | "theirs";

/** One line of the audit log: an event that happened once, or several times in a row. */
export interface AuditLogLine {
  /** The newest of them. */
  entry: AuditEntryOutput;
  words: EntryWords;
  times: number;
  /** When it happened first; the same moment as the newest when it happened once. */
  since: string;
}

/** Twenty wrong passwords from one device are one line, so that the other entries stay visible. */
export function auditLogLines(entries: readonly AuditEntryOutput[], whose: Whose = "yours"): AuditLogLine[] {
  const lines: AuditLogLine[] = [];
  for (const entry of entries) {
    const words = wordsForEntry(entry, whose);
    const last = lines.at(-1);
    if (!words) continue;
    if (last && words.alarming && sameFrom(last.entry, entry) && last.words.title === words.title) {
      lines[lines.length - 1] = { ...last, times: last.times + 1, since: entry.at };
    } else {
      lines.push({ entry, words, times: 1, since: entry.at });
    }
  }
  return lines;
}

function sameFrom(one: AuditEntryOutput, other: AuditEntryOutput): boolean {
  return one.sessionId === other.sessionId && one.userAgent === other.userAgent && one.ipAddress === other.ipAddress;
}

type Entry = Pick<AuditEntryOutput, "event" | "detail" | "userAgent">;

/** Undefined for what another entry says already: a session that began is a login that succeeded. */
export function wordsForEntry(entry: Entry, whose: Whose = "yours"): EntryWords | undefined {
  const { event, detail, userAgent } = entry;
  switch (event) {
    case "session_created":
      return { title: `Logged in from ${inSentence(deviceName(userAgent))}`, saysDevice: true };
    case "session_expired":
      return loggedOut(detail, whose);
    case "session_use_after_expire":
      return { title: "Logged out: the session had expired" };
    case "session_renewed":
      return { title: "Session resumed after a lost response" };
    case "user_created":
      if (detail === "invitation") return { title: "Account created by an administrator" };
      return { title: "Account created" };
    case "user_deleted":
      return { title: "Account deleted" };
    case "user_updated":
      return { title: accountChange(detail) };
    case "authn_login_success":
      return undefined;
    case "authn_login_fail":
      return failedLogin(detail);
    case "authn_token_created":
      return emailSent(detail);
    case "sensitive_read":
      return { title: "Data downloaded" };
    case "authn_password_change":
      if (detail === "invitation") return { title: "Password chosen with the link of an invitation" };
      if (detail === "reset") {
        return { title: "New password set with a link from an email", text: "This ended every session." };
      }
      return { title: "Password changed", text: "This ended every other session." };
    case "authn_reauth_success":
      return { title: "Confirmed that it is the owner" };
    case "authz_change":
      return {
        title: detail === "admin" ? "Role changed to administrator" : "Role changed to user",
      };
    case "authz_admin":
      return undefined; // each session that it ended says so, and each link that it sent
    default:
      return { ...alarm(event, whose), alarming: true };
  }
}

type AlarmingEvent = "authn_login_fail_max" | "authn_password_change_fail" | "authn_reauth_fail" | "authn_token_reuse";

/** The entries that may come from an attacker. */
function alarm(event: AlarmingEvent, whose: Whose): EntryWords {
  switch (event) {
    case "authn_login_fail_max":
      return {
        title: "Many wrong passwords entered",
        text:
          whose === "yours"
            ? "Each further try has to wait, but not on a device that you have used before."
            : "Each further try has to wait.",
      };
    case "authn_password_change_fail":
      return { title: "Wrong current password entered", text: "The password was not changed." };
    case "authn_reauth_fail":
      return { title: "Wrong password entered to confirm an action", text: "The action was rejected." };
    case "authn_token_reuse":
      return {
        title: "Used refresh token came back",
        text:
          whose === "yours"
            ? "It was copied, or a device was restored from a backup. If that was not you, change your password."
            : "It was copied, or a device was restored from a backup.",
      };
  }
}

function accountChange(detail: Entry["detail"]): string {
  switch (detail) {
    case "name":
      return "Name changed";
    case "email":
      return "Email address changed";
    case "email_verified":
      return "Email address confirmed";
    case "enabled":
      return "Account enabled";
    default:
      return detail === "disabled" ? "Account disabled" : "Account changed";
  }
}

/** The user who requested a link need not be the one who received it. */
function emailSent(detail: Entry["detail"]): EntryWords {
  switch (detail) {
    case "reset_password":
      return { title: "Link for a new password sent by email" };
    case "change_email":
      return { title: "Link sent to the new email address" };
    case "invitation":
      return { title: "Invitation sent by email" };
    default:
      return { title: "Link to confirm the email address sent" };
  }
}

function failedLogin(detail: Entry["detail"]): EntryWords {
  if (detail === "disabled") return { title: "Login rejected: the account is disabled" };
  if (detail === "credentials_changed") return { title: "Login rejected: the password had just changed" };
  return {
    title: "Wrong password entered",
    text: "The login was rejected.",
    alarming: true,
  };
}

function loggedOut(detail: Entry["detail"], whose: Whose): EntryWords {
  switch (detail) {
    case "refresh_token_reused":
      return { title: "Logged out: a refresh token of this session was used twice", alarming: true };
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

import type { AuditEntryOutput } from "@watchword/auth/trpc";
import { describe, expect, it } from "vitest";
import { auditLogLines, wordsForEntry } from "./audit-log.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const say = (entry: Partial<AuditEntryOutput> & Pick<AuditEntryOutput, "event">) =>
  wordsForEntry({ detail: null, userAgent: firefox, byAdministrator: false, ...entry });

describe("happening()", () => {
  it.each<[Parameters<typeof say>[0], string]>([
    [{ event: "session_created" }, "Logged in from Firefox on Linux"],
    [{ event: "session_created", userAgent: null }, "Logged in from a device that did not say what it is"],
    [{ event: "session_expired", detail: "logout" }, "Logged out"],
    [{ event: "session_expired", detail: "password_changed" }, "Logged out: the password was changed"],
    [{ event: "session_expired", detail: "account_disabled" }, "Logged out: the account was disabled"],
    [{ event: "session_expired", detail: "ended_by_user" }, "Logged out: you ended this session from another device"],
    [{ event: "session_expired", detail: "ended_by_admin" }, "Logged out: an administrator ended this session"],
    [{ event: "session_expired", detail: "too_many_sessions" }, "Logged out: there were too many newer sessions"],
    [
      { event: "session_expired", detail: "refresh_token_reused" },
      "Logged out: a refresh token of this session was used twice",
    ],
    [{ event: "session_use_after_expire" }, "Logged out: the session had expired"],
    [{ event: "authn_login_fail", detail: "wrong_password" }, "Wrong password entered"],
    [{ event: "authn_login_fail", detail: "disabled" }, "Login rejected: the account is disabled"],
    [{ event: "authn_password_change_fail" }, "Wrong current password entered"],
    [{ event: "user_updated", detail: "disabled" }, "Account disabled"],
    [{ event: "user_updated", detail: "enabled" }, "Account enabled"],
    [{ event: "authn_password_change", detail: "reset" }, "New password set with a link from an email"],
    [{ event: "authn_token_created", detail: "reset_password" }, "Link for a new password sent by email"],
    [{ event: "authn_token_created", detail: "change_email" }, "Link sent to the new email address"],
    [{ event: "authn_token_created", detail: "verify_email" }, "Link to confirm the email address sent"],
    [{ event: "authn_token_created", detail: "invitation" }, "Invitation sent by email"],
    [{ event: "user_created", detail: "invitation" }, "Account created by an administrator"],
    [{ event: "authn_password_change", detail: "invitation" }, "Password chosen with the link of an invitation"],
    [{ event: "user_updated", detail: "email" }, "Email address changed"],
    [{ event: "user_updated", detail: "email_verified" }, "Email address confirmed"],
    [{ event: "sensitive_read", detail: "export" }, "Data downloaded"],
    [{ event: "user_deleted" }, "Account deleted"],
    [{ event: "authz_change", detail: "admin" }, "Role changed to administrator"],
    [{ event: "authz_change", detail: "user" }, "Role changed to user"],
  ])("%o is said in plain words", (entry, title) => {
    expect(say(entry)?.title).toBe(title);
  });

  it("speaks to an administrator of the person, and never of them as you", () => {
    const entries = [
      { event: "session_expired", detail: "ended_by_user" },
      { event: "user_created", detail: null },
      { event: "authn_reauth_success", detail: null },
      { event: "authn_token_reuse", detail: null },
      { event: "authn_login_fail_max", detail: null },
    ] as const;
    for (const entry of entries) {
      const { title, text = "" } = wordsForEntry({ userAgent: null, ...entry }, "theirs") ?? { title: "You" };
      expect(`${title} ${text}`).not.toMatch(/\byou/i);
    }
  });

  it("marks what an attacker may have done, and nothing else", () => {
    const alarming: string[] = [];
    const events = [
      ["session_created", null],
      ["session_expired", "logout"],
      ["session_expired", "refresh_token_reused"],
      ["session_use_after_expire", null],
      ["session_renewed", "rearmed"],
      ["user_created", null],
      ["user_updated", "disabled"],
      ["authn_login_fail", "wrong_password"],
      ["authn_login_fail_max", null],
      ["authn_password_change", null],
      ["authn_password_change_fail", "wrong_password"],
      ["authn_token_reuse", null],
      ["authz_change", "admin"],
      ["authz_admin", null],
    ] as const;
    for (const [event, detail] of events) if (say({ event, detail })?.alarming) alarming.push(`${event} ${detail}`);
    expect(alarming).toEqual([
      "session_expired refresh_token_reused",
      "authn_login_fail wrong_password",
      "authn_login_fail_max null",
      "authn_password_change_fail wrong_password",
      "authn_token_reuse null",
    ]);
  });

  it("says a login once, though it is written down as a password that was right and as a session that began", () => {
    expect(say({ event: "authn_login_success" })).toBeUndefined();
  });
});

describe("auditLogLines()", () => {
  const entry = (change: Partial<AuditEntryOutput>): AuditEntryOutput => ({
    at: "2026-01-01T00:00:00.000Z",
    event: "authn_login_fail",
    outcome: "failure",
    detail: "wrong_password",
    sessionId: null,
    current: false,
    byAdministrator: false,
    userAgent: firefox,
    ipAddress: "192.0.2.7",
    ...change,
  });
  const login = { event: "session_created", detail: null, outcome: "success" } as const;
  const summary = (entries: AuditEntryOutput[]) =>
    auditLogLines(entries).map(({ words, times }) => [words.title, times]);

  it("makes one line of wrong passwords in a row from one place, with the newest and the first time", () => {
    const times = ["09", "08", "07"].map((hour) => entry({ at: `2026-01-01T${hour}:00:00.000Z` }));
    const [newest, ...others] = auditLogLines(times);
    expect(others).toEqual([]);
    expect(newest).toMatchObject({ times: 3, entry: { at: times[0]?.at }, since: times[2]?.at });
  });

  it("keeps apart what came from elsewhere, and what something else happened between", () => {
    const wrong = "Wrong password entered";
    const elsewhere = entry({ ipAddress: "198.51.100.9" });
    expect(summary([entry({}), elsewhere, entry({}), entry(login), entry({})])).toEqual([
      [wrong, 1],
      [wrong, 1],
      [wrong, 1],
      ["Logged in from Firefox on Linux", 1],
      [wrong, 1],
    ]);
  });

  it("never makes one line of two logins", () => {
    expect(summary([entry(login), entry(login)])).toHaveLength(2);
  });
});

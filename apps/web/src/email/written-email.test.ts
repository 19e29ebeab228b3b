import type { EmailKind, EmailMessage } from "@watchword/auth/core";
import { describe, expect, it } from "vitest";
import { writeMail } from "./written-email.ts";

const appUrl = "https://login.example.org";
const secret = "s".repeat(43);
const message = (changes: Partial<EmailMessage> = {}): EmailMessage => ({
  kind: "reset_password",
  to: "ada@example.com",
  user: { username: "ada", emailVerifiedAt: 1 },
  link: secret,
  linkSeconds: 1_800,
  at: Date.UTC(2026, 10, 25, 14, 5),
  client: { userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", ipAddress: "198.51.100.4" },
  ...changes,
});
const withSecret = ["/register/finish", "/reset-password", "/verify-email"] as const;
const kinds: Record<EmailKind, (typeof withSecret)[number] | "/forgot-password" | "/login" | undefined> = {
  register: "/register/finish",
  already_registered: "/login",
  reset_password: "/reset-password",
  verify_email: "/verify-email",
  change_email: "/verify-email",
  invitation: "/reset-password",
  email_in_use: undefined,
  email_change_asked: "/forgot-password",
  email_changed: undefined,
  password_changed: "/forgot-password",
  new_device: "/forgot-password",
  account_deleted: undefined,
};

describe.each(Object.entries(kinds) as Array<[EmailKind, string | undefined]>)(
  "a mail of the kind %s",
  (kind, page) => {
    const carries = withSecret.some((one) => one === page);
    const mail = writeMail(message({ kind, ...(carries ? {} : { link: null, linkSeconds: null }) }), { appUrl });

    if (kind !== "invitation")
      it("says when, from where, and what to do if it was not you, with markup and without", () => {
        for (const body of [mail.text, mail.html]) {
          expect(body).toContain("25 November 2026, 14:05 UTC");
          expect(body).toContain("Firefox on Windows, 198.51.100.4");
          expect(body).toMatch(/If that was not you, /);
          expect(body).not.toMatch(/!(?!doctype)/);
        }
        expect(mail.subject).toMatch(/^[A-Z][^!\r\n]+$/);
      });

    it("leads to this site alone, and carries its secret where it has one", () => {
      const links = [...`${mail.text}${mail.html}`.matchAll(/https?:[^\s"<]+/g)].map(([link]) => link);
      const expected = page && `${appUrl}${page}${carries ? `?link=${secret}` : ""}`;
      expect(new Set(links)).toEqual(new Set(expected ? [expected] : []));
    });
  },
);

it("an invitation says who it is from, what to do and until when, and nothing of the administrator's device", () => {
  const invitation = message({ kind: "invitation", user: { username: "win.example.com", emailVerifiedAt: null } });
  const mail = writeMail({ ...invitation, linkSeconds: 604_800 }, { appUrl });
  for (const body of [mail.text, mail.html]) {
    expect(body).toContain("An administrator of login.example.org created an account for this address.");
    expect(body).toContain("The link works once, within 7 days.");
    expect(body).toContain("If you do not want the account, do nothing.");
    expect(body).toContain("25 November 2026, 14:05 UTC");
    expect(body).not.toMatch(/From:|Firefox|198\.51|win\.example/);
  }
  expect(mail.subject).toBe("You are invited");
});

it("names the account in a confirmed mailbox alone, and sends no text of a user to an unconfirmed one", () => {
  expect(writeMail(message(), { appUrl }).text).toContain("your account “ada”");
  const stranger = message({ user: { username: "win.example.com", emailVerifiedAt: null } });
  expect(JSON.stringify(writeMail(stranger, { appUrl }))).not.toContain("win.example.com");
});

it("says nothing that a browser made up, and escapes what it cannot know", () => {
  const client = { userAgent: "<img src=x>\r\nBcc: eve@example.com Firefox/1 Windows", ipAddress: '"><b>' };
  const mail = writeMail(message({ client }), { appUrl });
  expect(mail.html).toContain("Firefox on Windows, &quot;&gt;&lt;b&gt;");
  expect(`${mail.html}${mail.text}${mail.subject}`).not.toMatch(/<img|Bcc/);
  expect(mail.html).not.toContain("<b>");
});

import type { EmailKind, EmailMessage } from "@watchword/auth/core";
import { wholeDuration } from "../format/duration.ts";
import { deviceName } from "../messages/device-name.ts";

/** A mail as it is read. */
export interface WrittenMail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

interface Words {
  subject: string;
  /** What happened or was asked for. */
  happened: string;
  button?: { label: string; page: string };
  /** What to do if it was not you. */
  otherwise: string;
}

const ignoreIt = "If that was not you, do nothing: without the link nothing changes, and nobody has got in.";

/**
 * Writes a mail: what happened, when, from where, and what to do if it was not you. Nothing that a person typed gets into it
 * but a username whose owner has shown that they read this mailbox, or somebody could have us send their words to anybody.
 * The addresses of its links come from the settings alone, never from a request.
 */
export function writeMail(message: EmailMessage, { appUrl }: { appUrl: string }): WrittenMail {
  const site = new URL(appUrl).host;
  const { subject, happened, button, otherwise } = wordsOf(message.kind, { site, account: accountOf(message) });
  const link = button && linkTo(appUrl, button.page, message.link);
  const once =
    message.linkSeconds === null ? undefined : `The link works once, within ${wholeDuration(message.linkSeconds)}.`;
  const facts = [`When: ${timeOf(message.at)}`, `From: ${placeOf(message.client)}`];
  const parts = { happened, label: button?.label, link, once, facts, otherwise, site };
  return { to: message.to, subject, text: textOf(parts), html: htmlOf(parts) };
}

type Account = { site: string; account: string };

function wordsOf(kind: EmailKind, { site, account }: Account): Words {
  const newPassword = { label: "Set a new password", page: "/forgot-password" };
  switch (kind) {
    case "reset_password":
      return {
        subject: "Set a new password",
        happened: `Somebody asked for a new password for ${account}.`,
        button: { label: "Set a new password", page: "/reset-password" },
        otherwise: ignoreIt,
      };
    case "verify_email":
      return {
        subject: "Confirm your email address",
        happened: `This address was given for an account at ${site}. Confirm that it is yours.`,
        button: { label: "Confirm this address", page: "/verify-email" },
        otherwise: "If that was not you, do nothing: the address stays unconfirmed.",
      };
    case "register":
      return {
        subject: "Create your account",
        happened: `Somebody wants to create an account at ${site} with this address. It is not there yet: choose a name and a password for it.`,
        button: { label: "Create your account", page: "/register/finish" },
        otherwise: "If that was not you, do nothing: without the link there is no account.",
      };
    case "already_registered":
      return {
        subject: "You have an account already",
        happened: `Somebody wanted to create an account at ${site} with this address. It is the one of ${account}. Nothing was changed.`,
        button: { label: "Log in", page: "/login" },
        otherwise: "If that was not you, there is nothing to do: whoever asked was not told that there is an account.",
      };
    case "change_email":
      return {
        subject: "Confirm your new email address",
        happened: `Somebody wants this address to be the one of their account at ${site}.`,
        button: { label: "Use this address", page: "/verify-email" },
        otherwise: "If that was not you, do nothing: the address is not used.",
      };
    case "email_in_use":
      return {
        subject: "This address has an account already",
        happened: `Somebody wanted this address for another account at ${site}. It is the one of ${account}. Nothing was changed.`,
        otherwise: "If that was not you, there is nothing to do.",
      };
    case "email_change_asked":
      return {
        subject: "Your email address is about to change",
        happened: `Somebody asked to change the email address of ${account}. It changes when the link is used that was sent to the new one.`,
        button: newPassword,
        otherwise: "If that was not you, set a new password now: it stops the change, and ends every session.",
      };
    case "email_changed":
      return {
        subject: "Your email address was changed",
        happened: `The email address of an account at ${site} was changed. This one is no longer used for it.`,
        otherwise: "If that was not you, tell whoever runs the site. This address can no longer be used to get in.",
      };
    case "password_changed":
      return {
        subject: "Your password was changed",
        happened: `The password of ${account} was changed. Everywhere else it was logged out.`,
        button: newPassword,
        otherwise: "If that was not you, set a new password now: it ends every session.",
      };
    case "new_device":
      return {
        subject: "A login from a new device",
        happened: `Somebody logged in to ${account} with the right password, from a kind of device that was not seen before.`,
        button: newPassword,
        otherwise: "If that was not you, set a new password now: it ends every session.",
      };
    case "account_deleted":
      return {
        subject: "Your account was deleted",
        happened: `The account with this address at ${site} was deleted, with all that was kept of it.`,
        otherwise: "If that was not you, tell whoever runs the site.",
      };
  }
}

function accountOf({ user }: EmailMessage): string {
  return user?.emailVerifiedAt == null ? "your account" : `your account “${user.username}”`;
}

function linkTo(appUrl: string, page: string, secret: string | null): string {
  const url = new URL(page, appUrl);
  if (secret !== null) url.searchParams.set("link", secret);
  return url.href;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** Put together here: how Node joins a day and a time changes with its version. */
function timeOf(at: number): string {
  return `${dayFormat.format(at)}, ${clockFormat.format(at)} UTC`;
}

/** The name of the device is one of ours: what a browser says of itself is anybody's text. */
function placeOf({ userAgent, ipAddress }: EmailMessage["client"]): string {
  const device = deviceName(userAgent);
  return ipAddress === null ? device : `${device}, ${ipAddress}`;
}

interface Parts {
  happened: string;
  label: string | undefined;
  link: string | undefined;
  once: string | undefined;
  facts: readonly string[];
  otherwise: string;
  site: string;
}

function textOf({ happened, label, link, once, facts, otherwise, site }: Parts): string {
  const button = link ? [`${label}:\n${link}`, ...(once ? [once] : [])] : [];
  return `${[happened, ...button, facts.join("\n"), otherwise, `-- \nWatchword at ${site}`].join("\n\n")}\n`;
}

/** One column, text first, one button; readable without images, which it has none of, and in a dark mail program. */
function htmlOf({ happened, label, link, once, facts, otherwise, site }: Parts): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;
  const button = link
    ? `<p style="margin:24px 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1f6f63;color:#ffffff;font-weight:500;text-decoration:none">${escapeHtml(label ?? link)}</a></p>`
    : "";
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></head>
<body style="margin:0;padding:24px 16px">
<div style="max-width:30em;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere">
${paragraph(happened)}
${button}
${once ? paragraph(once) : ""}
<p style="margin:0 0 16px">${facts.map(escapeHtml).join("<br>")}</p>
${paragraph(otherwise)}
<p style="margin:24px 0 0;font-size:13px">Watchword at ${escapeHtml(site)}</p>
</div>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

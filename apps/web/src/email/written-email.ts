import type { EmailKind, EmailMessage } from "@watchword/auth/core";
import { wholeDuration } from "../format/duration.ts";
import { deviceName } from "../messages/device-name.ts";

/** A mail as its reader gets it. */
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
  /** Another user caused it: their device and address are not the reader's business. */
  byAnother?: true;
}

/**
 * Writes a mail: what happened, when, from where, and what to do if it was not you. It holds no text that a user typed,
 * except a username whose owner has confirmed this mailbox: an attacker could otherwise send text of their own to any address.
 * The addresses of its links come from the settings alone, never from a request.
 */
export function writeMail(message: EmailMessage, { appUrl }: { appUrl: string }): WrittenMail {
  const site = new URL(appUrl).host;
  const words = wordsOf[message.kind]({ site, account: accountOf(message) });
  const { subject, happened, button, otherwise, byAnother } = words;
  const link = button && linkTo(appUrl, button.page, message.link);
  const once =
    message.linkSeconds === null ? undefined : `The link works once, within ${wholeDuration(message.linkSeconds)}.`;
  const facts = [`When: ${timeOf(message.at)}`, ...(byAnother ? [] : [`From: ${placeOf(message.client)}`])];
  const parts = { happened, label: button?.label, link, once, facts, otherwise, site };
  return { to: message.to, subject, text: textOf(parts), html: htmlOf(parts) };
}

interface Site {
  /** The host. */
  site: string;
  /** "your account", with its name where the mailbox is confirmed. */
  account: string;
}

const newPassword = { label: "Set a new password", page: "/forgot-password" };
const endSessions = "If that was not you, set a new password now. This ends every session.";

/** The words of each kind of mail. */
const wordsOf: Readonly<Record<EmailKind, (site: Site) => Words>> = {
  reset_password: ({ account }) => ({
    subject: "Set a new password",
    happened: `A new password was requested for ${account}.`,
    button: { label: "Set a new password", page: "/reset-password" },
    otherwise: "If that was not you, do nothing. Nothing changes until the link is used, and no one logged in.",
  }),
  verify_email: ({ site }) => ({
    subject: "Confirm your email address",
    happened: `This address was entered for an account at ${site}. Confirm that it is yours.`,
    button: { label: "Confirm this address", page: "/verify-email" },
    otherwise: "If that was not you, do nothing. The address stays unconfirmed.",
  }),
  invitation: ({ site }) => ({
    subject: "You are invited",
    happened: `An administrator of ${site} created an account for this address. Choose a password to use it.`,
    button: { label: "Choose your password", page: "/reset-password" },
    otherwise: "If you do not want the account, do nothing. It cannot be used before a password is chosen.",
    byAnother: true,
  }),
  register: ({ site }) => ({
    subject: "Create your account",
    happened: `This address was entered to create an account at ${site}. Choose a name and a password to create it.`,
    button: { label: "Create your account", page: "/register/finish" },
    otherwise: "If that was not you, do nothing. Without the link no account is created.",
  }),
  already_registered: ({ site, account }) => ({
    subject: "You already have an account",
    happened: `This address was entered to create an account at ${site}. It already belongs to ${account}. Nothing was changed.`,
    button: { label: "Log in", page: "/login" },
    otherwise: "If that was not you, do nothing. The site does not tell anyone else that you have an account.",
  }),
  change_email: ({ site }) => ({
    subject: "Confirm your new email address",
    happened: `This address was entered as the new address of an account at ${site}.`,
    button: { label: "Use this address", page: "/verify-email" },
    otherwise: "If that was not you, do nothing. The address is not used.",
  }),
  email_in_use: ({ site, account }) => ({
    subject: "This address already has an account",
    happened: `This address was entered for another account at ${site}. It already belongs to ${account}. Nothing was changed.`,
    otherwise: "If that was not you, do nothing.",
  }),
  email_change_asked: ({ account }) => ({
    subject: "Your email address is about to change",
    happened: `A new email address was entered for ${account}. The address changes when the link in the email to the new address is used.`,
    button: newPassword,
    otherwise: "If that was not you, set a new password now. This stops the change and ends every session.",
  }),
  email_changed: ({ site }) => ({
    subject: "Your email address was changed",
    happened: `The email address of an account at ${site} was changed. This address is no longer used for it.`,
    otherwise:
      "If that was not you, contact the administrator of the site. This address can no longer be used to log in.",
  }),
  password_changed: ({ account }) => ({
    subject: "Your password was changed",
    happened: `The password of ${account} was changed. All other sessions were ended.`,
    button: newPassword,
    otherwise: endSessions,
  }),
  new_device: ({ account }) => ({
    subject: "A login from a new device",
    happened: `There was a login to ${account} with the right password, from a kind of device that was not used before.`,
    button: newPassword,
    otherwise: endSessions,
  }),
  account_deleted: ({ site }) => ({
    subject: "Your account was deleted",
    happened: `The account with this address at ${site} was deleted, with all its data.`,
    otherwise: "If that was not you, contact the administrator of the site.",
  }),
};

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

/** The name of the device is from our own list: the user agent is text that a client chooses. */
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

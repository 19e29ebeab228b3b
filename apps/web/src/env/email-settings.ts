import { ConfigError } from "@watchword/auth/core";
import { z } from "zod";

/** The SMTP server, and who mails are from. */
export const mailVariables = {
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, "use smtp:// or smtps://, with a user and a password percent-encoded, and a host")
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>"\p{Cc}]{1,64} <[^\s<>@,;"]+@[^\s<>@,;"]+>|[^\s<>@,;"]+@[^\s<>@,;"]+)$/u,
      "use Name <login@example.com>",
    )
    .optional(),
};

/** A user or a password that is not percent-encoded right would only fail when the first mail is sent. */
function isSmtpUrl(text: string): boolean {
  try {
    const { protocol, hostname, username, password } = new URL(text);
    decodeURIComponent(username + password);
    return /^smtps?:$/.test(protocol) && hostname !== "";
  } catch {
    return false;
  }
}

export function readMail({
  SMTP_URL: smtpUrl,
  MAIL_FROM: from,
}: {
  SMTP_URL?: string | undefined;
  MAIL_FROM?: string | undefined;
}) {
  if (smtpUrl === undefined) return undefined;
  if (from === undefined) throw new ConfigError("MAIL_FROM: required with SMTP_URL. Use Name <login@example.com>");
  return { smtpUrl, from };
}

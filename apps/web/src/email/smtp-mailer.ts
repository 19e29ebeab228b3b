import type { Mailer } from "@watchword/auth/core";
import { isLoopback } from "@watchword/auth/trpc";
import { createTransport } from "nodemailer";
import { writeMail } from "./written-email.ts";

export interface SmtpMailerOptions {
  /** `smtps://user:password@host` or `smtp://…`, which is raised to TLS before anything is said. */
  smtpUrl: string;
  /** An address, or a name and an address: `Watchword <login@example.com>`. */
  from: string;
  appUrl: string;
  /** How long the other side may be silent. */
  timeoutMs?: number;
  /** How long one mail may take in all: a server that says a byte now and then is never silent. */
  sendWithinMs?: number;
}

/**
 * Hands mails to an SMTP server. TLS always, with a certificate that is checked, but on the loopback, where a relay of one's
 * own needs none. What the server rejects for good (a 5xx about this mail or its address) is rejected; everything else, a
 * wrong password of ours too, is thrown, and the mail waits.
 */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
  const { smtpUrl, from, appUrl, timeoutMs = 20_000, sendWithinMs = 60_000 } = options;
  const onLoopback = isLoopback(smtpUrl.replace(/^smtp/, "http"));
  const transport = createTransport({
    url: smtpUrl,
    requireTLS: !onLoopback,
    ignoreTLS: onLoopback,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    // Asked to end, it has no say in when.
    socketCloseTimeout: 0,
    logger: false,
  });
  return {
    async send(message) {
      const { to, subject, text, html } = writeMail(message, { appUrl });
      // As objects: a text would be parsed, and could be read as several addresses.
      const mail = { from, to: { name: "", address: to }, subject, text, html };
      try {
        const signal = AbortSignal.timeout(sendWithinMs);
        await transport.sendMail({ ...mail, signal, headers: { "Auto-Submitted": "auto-generated" } });
        return "sent";
      } catch (error) {
        if (isRejection(error)) return "refused";
        throw error;
      }
    },
  };
}

function isRejection(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return (code === "EENVELOPE" || code === "EMESSAGE") && typeof responseCode === "number" && responseCode >= 500;
}

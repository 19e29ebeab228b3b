import "server-only";
import type { Auth, Mailer } from "@watchword/auth/core";
import { createLocalOutbox, type LocalOutbox, noMailer } from "../email/local-outbox.ts";
import { createSmtpMailer } from "../email/smtp-mailer.ts";
import type { Env } from "../env/env.ts";
import { delay } from "../server/delay.ts";
import { logError } from "../server/log.ts";
import { endSignal } from "../server/shutdown.ts";
import { clock } from "./rules.ts";

/**
 * Sends what waits, from now until a stop signal: by SMTP where that is set, into the outbox page on one's own
 * machine where it is not, and nowhere on a site that others reach. Returns the outbox, if that is where mails go.
 */
export function sendMail(auth: Pick<Auth, "deliverEmails">, env: Env): LocalOutbox | undefined {
  const { mail, appUrl, local } = env;
  const outbox = !mail && local ? createLocalOutbox({ appUrl, now: clock.now }) : undefined;
  const mailer: Mailer = mail ? createSmtpMailer({ ...mail, appUrl }) : (outbox ?? noMailer);
  void auth.deliverEmails({ mailer, delay, onError: (error) => logError("mail", error) })(endSignal());
  return outbox;
}

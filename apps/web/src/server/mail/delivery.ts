import "server-only";
import type { Auth, Mailer } from "@watchword/auth/core";
import type { Env } from "../../env.ts";
import { logFault } from "../log.ts";
import { clock } from "../rules.ts";
import { endSignal } from "../shutdown.ts";
import { wait } from "../wait.ts";
import { createLocalOutbox, type LocalOutbox, noMailer } from "./local-outbox.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";

/**
 * Sends what waits, from now until the process is told to end: by SMTP where that is set, into the outbox page on one's own
 * machine where it is not, and nowhere on a site that others reach. Returns the outbox, if that is where mails go.
 */
export function sendMail(auth: Pick<Auth, "deliverMail">, env: Env): LocalOutbox | undefined {
  const { mail, appUrl, local } = env;
  const outbox = !mail && local ? createLocalOutbox({ appUrl, now: clock.now }) : undefined;
  const mailer: Mailer = mail ? createSmtpMailer({ ...mail, appUrl }) : (outbox ?? noMailer);
  void auth.deliverMail({ mailer, wait, onFault: (error) => logFault("mail", error) })(endSignal());
  return outbox;
}

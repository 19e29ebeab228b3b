import type { Mailer } from "@watchword/auth/core";
import { type WrittenMail, writeMail } from "./written-email.ts";

interface OutboxMail extends WrittenMail {
  /** ISO 8601. */
  sentAt: string;
}

/** Mails that were not sent, for the user of this machine. */
export interface LocalOutbox extends Mailer {
  /** The newest first. */
  list(): readonly OutboxMail[];
}

const most = 20;

/**
 * Stands in for an SMTP server on one's own machine. In memory alone: the mails hold links that open accounts, and those
 * must not lie on a disk.
 */
export function createLocalOutbox({ appUrl, now }: { appUrl: string; now: () => number }): LocalOutbox {
  const mails: OutboxMail[] = [];
  return {
    async send(message) {
      mails.unshift({ ...writeMail(message, { appUrl }), sentAt: new Date(now()).toISOString() });
      mails.splice(most);
      return "sent";
    },
    list: () => mails,
  };
}

/** For a site that was given no SMTP server: what waits is settled, and the log says that it was not sent. */
export const noMailer: Mailer = { send: async () => "refused" };

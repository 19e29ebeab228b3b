import type { EmailKind } from "../core/domain/model.ts";
import type { Auth } from "../core/index.ts";
import type { EmailMessage, Mailer } from "../core/ports/mailer.ts";

export interface TestMail {
  /** Sends all that is due, once; what was sent since the last call. */
  deliver(): Promise<EmailMessage[]>;
  /** The secret in the newest mail of that kind, after sending all that is due. */
  linkOf(kind: EmailKind): Promise<string>;
  /** Everything that was sent, the oldest first. */
  sent: EmailMessage[];
  reportedErrors: unknown[];
}

/** The production delivery, with a mailer that keeps what it is given; `send` may fail in its place. */
export function createTestMail(auth: Auth, send: Mailer["send"] = async () => "sent"): TestMail {
  const sent: EmailMessage[] = [];
  const reportedErrors: unknown[] = [];
  const mailer: Mailer = {
    async send(message) {
      const outcome = await send(message);
      if (outcome === "sent") sent.push(message);
      return outcome;
    },
  };
  async function deliver(): Promise<EmailMessage[]> {
    const before = sent.length;
    const end = new AbortController();
    const delay = async () => end.abort(); // the first pause is the end
    await auth.deliverEmails({ mailer, delay, onError: (error) => reportedErrors.push(error) })(end.signal);
    return sent.slice(before);
  }
  return {
    deliver,
    sent,
    reportedErrors,
    async linkOf(kind) {
      await deliver();
      const mail = sent.findLast((message) => message.kind === kind);
      if (!mail?.link) throw new Error(`There is no mail of the kind "${kind}" with a link`);
      return mail.link;
    },
  };
}

import type { ClientInfo, EmailKind, User } from "../domain/model.ts";

/** The port to the outside world's mail. */
export interface Mailer {
  /**
   * Hands a mail over. `refused`: the other side said that it never will take it. Whatever it throws, it is asked again
   * later: it must give up by itself within a minute.
   */
  send(message: EmailMessage): Promise<"sent" | "refused">;
}

/** What is to be said, and to whom; how, is the business of the mailer. */
export interface EmailMessage {
  kind: EmailKind;
  to: string;
  /** Whose account it is about; null when it is gone, or has yet to be made. */
  user: Pick<User, "username" | "emailVerifiedAt"> | null;
  /** The secret of the link, with the kinds that carry one, and for how long it is good. */
  link: string | null;
  linkSeconds: number | null;
  /** When it happened or was asked for, in milliseconds since 1970, and from where. */
  at: number;
  client: ClientInfo;
}

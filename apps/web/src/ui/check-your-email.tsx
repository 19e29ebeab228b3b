import type { ReactNode } from "react";
import { Alone } from "./layout.tsx";
import { PageTitle } from "./page-title.tsx";

interface CheckYourEmailProps {
  /** What may be on its way. The same for every address. */
  children: ReactNode;
  /** Whether mails are kept on this machine and shown, instead of being sent. */
  keptHere: boolean;
  backHref: string;
}

/** What a user reads after requesting an email, whether or not one is sent. */
export function CheckYourEmail({ children, keptHere, backHref }: CheckYourEmailProps) {
  return (
    <Alone>
      <PageTitle>Check your email</PageTitle>
      <h1>Check your email</h1>
      <p>{children} No email? Check the spam folder, or try another of your addresses.</p>
      {keptHere && (
        <p>
          This machine sends no email. <a href="/outbox">Read it here</a>.
        </p>
      )}
      <p>
        <a href={backHref}>Back to login</a>
      </p>
    </Alone>
  );
}

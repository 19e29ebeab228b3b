import type { ReactNode } from "react";
import { Alone } from "./layout.tsx";
import { PageTitle } from "./page-title.tsx";

interface LookIntoMailProps {
  /** What may be on its way. The same for every address. */
  children: ReactNode;
  /** Whether mails are kept on this machine and shown, instead of being sent. */
  keptHere: boolean;
  backHref: string;
}

/** What is said when somebody has asked for a mail, whether or not one is sent. */
export function LookIntoMail({ children, keptHere, backHref }: LookIntoMailProps) {
  return (
    <Alone>
      <PageTitle>Look into your mail</PageTitle>
      <h1>Look into your mail</h1>
      <p>{children} Nothing there? Look into the spam folder, or try another of your addresses.</p>
      {keptHere && (
        <p>
          Nothing is sent from this machine: <a href="/outbox">read the mail here</a>.
        </p>
      )}
      <p>
        <a href={backHref}>Back to log in</a>
      </p>
    </Alone>
  );
}

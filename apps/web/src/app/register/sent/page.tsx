import type { Metadata } from "next";
import { wholeDuration } from "../../../components/duration.ts";
import { LookIntoMail } from "../../../components/look-into-mail.tsx";
import { Page } from "../../../components/page.tsx";
import { getServer } from "../../../server/server.ts";

export const metadata: Metadata = { robots: { index: false } };

/** The same for every address. */
export default function SentPage() {
  const { env, outbox } = getServer();
  return (
    <Page>
      <LookIntoMail keptHere={outbox !== undefined} backHref="/login">
        A link with which you choose a name and a password is on its way to that address. It works for{" "}
        {wholeDuration(env.verifyLinkSeconds)}. If the address has an account already, the mail says so instead.
      </LookIntoMail>
    </Page>
  );
}

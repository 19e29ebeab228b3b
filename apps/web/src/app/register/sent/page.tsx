import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
import { getServer } from "../../../server/server.ts";
import { LookIntoMail } from "../../../ui/check-your-email.tsx";
import { Page } from "../../_shared/page.tsx";

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

import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
import { getServer } from "../../../server/server.ts";
import { CheckYourEmail } from "../../../ui/check-your-email.tsx";
import { Page } from "../../_shared/page.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** The same for every address. */
export default function SentPage() {
  const { env, outbox } = getServer();
  return (
    <Page>
      <CheckYourEmail keptHere={outbox !== undefined} backHref="/login">
        We sent a link to that address. Use it to choose a name and a password. It works for{" "}
        {wholeDuration(env.verifyLinkSeconds)}. If the address already has an account, the email says so.
      </CheckYourEmail>
    </Page>
  );
}

import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
import { withReturnTo } from "../../../server/return-to.ts";
import { getServer } from "../../../server/server.ts";
import { CheckYourEmail } from "../../../ui/check-your-email.tsx";
import { Page } from "../../_shared/page.tsx";
import { readLoginParams, type SearchParams } from "../../login/search-params.ts";

export const metadata: Metadata = { robots: { index: false } };

/** The same for every address. */
export default async function SentPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const { env, outbox } = getServer();
  return (
    <Page>
      <CheckYourEmail keptHere={outbox !== undefined} backHref={withReturnTo("/login", next)}>
        If that address has an account, we sent a link for a new password to it. The link works for{" "}
        {wholeDuration(env.resetLinkSeconds)}.
      </CheckYourEmail>
    </Page>
  );
}

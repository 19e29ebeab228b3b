import type { Metadata } from "next";
import { wholeDuration } from "../../../components/duration.ts";
import { Alone, Page } from "../../../components/page.tsx";
import { PageTitle } from "../../../components/page-title.tsx";
import { withReturnTo } from "../../../server/return-to.ts";
import { getServer } from "../../../server/server.ts";
import { readLoginParams, type SearchParams } from "../../login/search-params.ts";

export const metadata: Metadata = { robots: { index: false } };

/** The same for every address. */
export default async function SentPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const { env, outbox } = getServer();
  return (
    <Page>
      <Alone>
        <PageTitle>Look into your mail</PageTitle>
        <h1>Look into your mail</h1>
        <p>
          If there is an account with that address, a link for a new password is on its way to it. It works for{" "}
          {wholeDuration(env.resetLinkSeconds)}. Nothing there? Look into the spam folder, or try another of your
          addresses.
        </p>
        {outbox && (
          <p>
            Nothing is sent from this machine: <a href="/outbox">read the mail here</a>.
          </p>
        )}
        <p>
          <a href={withReturnTo("/login", next)}>Back to log in</a>
        </p>
      </Alone>
    </Page>
  );
}

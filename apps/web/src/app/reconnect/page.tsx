import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentLogin } from "../../server/login.ts";
import { safeReturnTo } from "../../server/return-to.ts";
import { PageTitle } from "../../ui/page-title.tsx";
import { Page } from "../_shared/page.tsx";
import styles from "../error-page.module.css";
import { Reconnect } from "./reconnect.tsx";

export const metadata: Metadata = { robots: { index: false } };

/**
 * Where a page sends a user whose tokens only have to be refreshed, when that could not be done before it rendered: the
 * database was busy, or the proxy is not there. Most people never see it.
 */
export default async function ReconnectPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safeReturnTo((await searchParams).next);
  if (await currentLogin()) redirect(next);
  return (
    <Page>
      <PageTitle>Renewing your login</PageTitle>
      <div className={styles.trouble}>
        <h1>Renewing your login</h1>
        <Reconnect next={next} />
      </div>
    </Page>
  );
}

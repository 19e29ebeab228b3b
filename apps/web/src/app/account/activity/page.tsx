import type { Metadata } from "next";
import { activityQueryFrom } from "../../../lists/activity-query.ts";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
import type { SearchParams } from "../../login/search-params.ts";
import { AccountPage } from "../account-page.tsx";
import { AuditLog } from "../audit-log.tsx";
import { ActivityFilter } from "./activity-filter.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What happened to the account and its sessions. */
export default async function ActivityPage({ searchParams }: { searchParams: SearchParams }) {
  const { from, ...params } = await searchParams;
  const login = await requireLogin(withQuery("/account/activity", params));
  const query = activityQueryFrom(params);
  const data = await pageData(login, { activity: query });
  return (
    <AccountPage data={data} name="Activity" from={from}>
      <ActivityFilter query={query} />
      <AuditLog now={new Date().toISOString()} query={query} />
    </AccountPage>
  );
}

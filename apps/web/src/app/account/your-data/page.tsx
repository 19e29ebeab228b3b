import type { Metadata } from "next";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { Download } from "../../../ui/download.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import { exportPage, exportPath } from "../confirm-paths.ts";

export const metadata: Metadata = { robots: { index: false } };

/** All that is kept of the user, for a browser that opened its address: after the login, if there has to be one. */
export default async function YourDataPage({ searchParams }: { searchParams: SearchParams }) {
  const login = await requireLogin(exportPage);
  return (
    <UserPage data={await pageData(login)} place="account">
      <Download
        title="Your data"
        href={exportPath}
        rejected={(await searchParams).refused}
        label="Download your data"
        back={{ href: "/account", label: "Back to your account" }}
      />
    </UserPage>
  );
}

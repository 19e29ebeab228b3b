import type { Metadata } from "next";
import { filesQueryFrom } from "../../lists/files-query.ts";
import { requireLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import { withQuery } from "../../server/return-to.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { UserPage } from "../_shared/user-page.tsx";
import type { SearchParams } from "../login/search-params.ts";
import { FilesPanel } from "./files-panel.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What the login protects: one's own files. */
export default async function FilesPage({ searchParams }: { searchParams: SearchParams }) {
  const params = await searchParams;
  const login = await requireLogin(withQuery("/files", params));
  const files = filesQueryFrom(params);
  const data = await pageData(login, { files });
  return (
    <UserPage data={data} place="files">
      <PageTitle>Files</PageTitle>
      <BackForwardGuard />
      <FilesPanel now={new Date().toISOString()} query={files} />
    </UserPage>
  );
}

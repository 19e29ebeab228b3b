import type { Metadata } from "next";
import { BackForwardGuard } from "../../components/back-forward-guard.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { UserPage } from "../../components/user-page.tsx";
import { requireLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import { FilesPanel } from "./files-panel.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What the login protects: one's own files. */
export default async function FilesPage() {
  const data = await pageData(await requireLogin("/files"), ["files"]);
  return (
    <UserPage data={data} place="files">
      <PageTitle>Files</PageTitle>
      <BackForwardGuard />
      <FilesPanel now={new Date().toISOString()} />
    </UserPage>
  );
}

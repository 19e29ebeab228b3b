import type { Metadata } from "next";
import { BackForwardGuard } from "../../components/back-forward-guard.tsx";
import { Page } from "../../components/page.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { failureOf, getPageCaller } from "../../server/caller.ts";
import { requireLogin } from "../../server/login.ts";
import { TrpcProvider } from "../../trpc/client.tsx";
import { FilesPanel } from "./files-panel.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What the login protects: one's own files. */
export default async function FilesPage() {
  await requireLogin("/files");
  const listed = await listNow();
  return (
    <Page loggedIn place="files">
      <PageTitle>Files</PageTitle>
      <BackForwardGuard />
      <TrpcProvider>
        <FilesPanel listed={listed} now={new Date().toISOString()} />
      </TrpcProvider>
    </Page>
  );
}

/** Undefined when the server is too busy: the page asks again by itself. */
async function listNow() {
  const caller = await getPageCaller();
  try {
    return await caller.files.list();
  } catch (error) {
    if (failureOf(error).reason === "temporarily_unavailable") return undefined;
    throw error;
  }
}

import { describeFile, type FileOutput } from "@watchword/api";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { failureOf } from "../../../server/caller.ts";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { getServer } from "../../../server/server.ts";
import { Download } from "../../../ui/download.tsx";
import { isolated } from "../../../ui/page-title.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import { shownName } from "../shown-name.ts";

export const metadata: Metadata = { robots: { index: false } };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

/** One of one's own files, for a browser that opened its address: after the login, if there has to be one. */
export default async function FilePage({ params, searchParams }: Props) {
  const { id } = await params;
  const login = await requireLogin(`/files/${encodeURIComponent(id)}`);
  const file = await ownFile({ id, userId: login.user.id });
  return (
    <UserPage data={await pageData(login)} place="files">
      <Download
        title={isolated(shownName(file.name))}
        href={`/api/files/${file.id}`}
        rejected={(await searchParams).refused}
        label="Download it"
        back={{ href: "/files", label: "All your files" }}
      />
    </UserPage>
  );
}

async function ownFile(owner: { id: string; userId: string }): Promise<FileOutput> {
  try {
    return await describeFile(getServer().files, owner);
  } catch (error) {
    if (failureOf(error).reason === "not_found") notFound();
    throw error;
  }
}

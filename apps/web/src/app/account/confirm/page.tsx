import type { Metadata } from "next";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import { readLoginParams, type SearchParams } from "../../login/search-params.ts";
import { confirmHref } from "../confirm-paths.ts";
import { ConfirmForm } from "./confirm-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Asks for the password where no dialog can: for a download, and for a browser without scripts. */
export default async function ConfirmPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const login = await requireLogin(confirmHref(next));
  return (
    <UserPage data={await pageData(login)} place="account">
      <BackForwardGuard />
      <ConfirmForm username={login.user.username} next={next} />
    </UserPage>
  );
}

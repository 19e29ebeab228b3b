import type { Metadata } from "next";
import { BackForwardGuard } from "../../../components/back-forward-guard.tsx";
import { UserPage } from "../../../components/user-page.tsx";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { readLoginParams, type SearchParams } from "../../login/search-params.ts";
import { confirmHref } from "../proof.ts";
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

import type { Metadata } from "next";
import { asksForPassword } from "../../../messages/login-methods.ts";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import { readLoginParams, type SearchParams } from "../../login/search-params.ts";
import { confirmHref, methodsIn } from "../confirm-paths.ts";
import { CodeForm } from "./code-form.tsx";
import { ConfirmForm } from "./confirm-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Asks for the password, or a code of another kind of credential, where no dialog can: for a download, and for a browser without scripts. */
export default async function ConfirmPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const methods = methodsIn((await searchParams).method);
  const login = await requireLogin(confirmHref(next, methods));
  return (
    <UserPage data={await pageData(login)} place="account">
      <BackForwardGuard />
      {asksForPassword(methods) ? (
        <ConfirmForm username={login.user.username} next={next} />
      ) : (
        <CodeForm methods={methods} next={next} />
      )}
    </UserPage>
  );
}

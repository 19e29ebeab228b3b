import type { Metadata } from "next";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
import { getServer } from "../../../server/server.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { Columns } from "../../../ui/layout.tsx";
import stepsStyles from "../../../ui/steps.module.css";
import { Steps } from "../../../ui/steps.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import { PasswordForm } from "./password-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function PasswordPage({ searchParams }: { searchParams: SearchParams }) {
  const login = await requireLogin(withQuery("/account/password", await searchParams));
  return (
    <UserPage data={await pageData(login)} place="account">
      <BackForwardGuard />
      <Columns aside={<WhatItEnds />}>
        <PasswordForm username={login.user.username} passwordMinLength={getServer().env.passwordMinLength} />
      </Columns>
    </UserPage>
  );
}

function WhatItEnds() {
  return (
    <>
      <h2 className={stepsStyles.caption}>What changing it does</h2>
      <Steps
        moments={[
          { title: "Your current password is checked", text: "So that an open screen is not enough to change it." },
          { title: "The new one is hashed", text: "The old hash is deleted. Neither password is stored." },
          {
            title: "Every other session ends",
            text: "Every other browser, phone and terminal has to log in with the new password.",
          },
          { title: "You stay logged in here", text: "This session keeps its tokens.", open: true },
        ]}
      />
    </>
  );
}

import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
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
import { EmailForm } from "./email-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function EmailPage({ searchParams }: { searchParams: SearchParams }) {
  const login = await requireLogin(withQuery("/account/email", await searchParams));
  return (
    <UserPage data={await pageData(login)} place="account">
      <BackForwardGuard />
      <Columns aside={<WhatHappens changeLinkSeconds={getServer().env.changeLinkSeconds} />}>
        <EmailForm />
      </Columns>
    </UserPage>
  );
}

function WhatHappens({ changeLinkSeconds }: { changeLinkSeconds: number }) {
  return (
    <>
      <h2 className={stepsStyles.caption}>What changing it does</h2>
      <Steps
        moments={[
          {
            title: "A link is sent to the new address",
            text: `It works once, within ${wholeDuration(changeLinkSeconds)}. Until it is used, nothing changes.`,
          },
          {
            title: "Your current address gets an email",
            text: "At once, so that you know if another person did this.",
          },
          {
            title: "You use the link",
            text: "Your account then uses the new address. You stay logged in.",
            open: true,
          },
        ]}
      />
    </>
  );
}

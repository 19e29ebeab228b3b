import type { Metadata } from "next";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { Columns } from "../../../ui/layout.tsx";
import stepsStyles from "../../../ui/steps.module.css";
import { Steps } from "../../../ui/steps.tsx";
import { UserPage } from "../../_shared/user-page.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import { DeleteForm } from "./delete-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function DeletePage({ searchParams }: { searchParams: SearchParams }) {
  const login = await requireLogin(withQuery("/account/delete", await searchParams));
  return (
    <UserPage data={await pageData(login)} place="account">
      <BackForwardGuard />
      <Columns aside={<WhatGoes />}>
        <DeleteForm />
      </Columns>
    </UserPage>
  );
}

function WhatGoes() {
  return (
    <>
      <h2 className={stepsStyles.caption}>What is deleted, and what stays</h2>
      <Steps
        moments={[
          { title: "Every session ends", text: "Each browser, phone and terminal, this one too." },
          { title: "Your files and your audit log are deleted", text: "No copy is kept." },
          {
            title: "One line stays",
            text: "It says that an account was deleted and when, without a name or an address.",
          },
          { title: "You get a last email", text: "So that you know if another person did this.", open: true },
        ]}
      />
    </>
  );
}

import type { Metadata } from "next";
import { BackForwardGuard } from "../../../components/back-forward-guard.tsx";
import { Columns } from "../../../components/page.tsx";
import timeline from "../../../components/timeline.module.css";
import { Timeline } from "../../../components/timeline.tsx";
import { UserPage } from "../../../components/user-page.tsx";
import { requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
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
      <h2 className={timeline.caption}>What goes, and what stays</h2>
      <Timeline
        moments={[
          { title: "Every session ends", text: "Each browser, phone and terminal, this one too." },
          { title: "Your files and your history go", text: "The bytes too. Nothing is kept for later." },
          { title: "One line stays", text: "That an account was deleted and when, without a name or an address." },
          { title: "You get a last mail", text: "So that nobody does this behind your back.", open: true },
        ]}
      />
    </>
  );
}

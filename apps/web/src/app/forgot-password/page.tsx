import type { Metadata } from "next";
import { wholeDuration } from "../../format/duration.ts";
import { currentLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import { withReturnTo } from "../../server/return-to.ts";
import { getServer } from "../../server/server.ts";
import styles from "../../ui/fields/form.module.css";
import { Columns } from "../../ui/layout.tsx";
import stepsStyles from "../../ui/steps.module.css";
import { Steps } from "../../ui/steps.tsx";
import { CommonPage } from "../_shared/common-page.tsx";
import { Notice } from "../_shared/notice.tsx";
import { readLoginParams, type SearchParams } from "../login/search-params.ts";
import { ForgotForm } from "./forgot-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function ForgotPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const login = await currentLogin();
  const { env } = getServer();
  const sendsMail = env.mail !== undefined || env.local;
  return (
    <CommonPage data={login && (await pageData(login))}>
      <Columns aside={<WhatTheLinkDoes resetLinkSeconds={env.resetLinkSeconds} />}>
        <ForgotForm next={next} backHref={login ? "/account" : withReturnTo("/login", next)}>
          <p className={styles.lead}>
            Enter the email address of your account. We send a link for a new password to it.
          </p>
          {!sendsMail && <Notice>This site cannot send email. Ask its administrator.</Notice>}
        </ForgotForm>
      </Columns>
    </CommonPage>
  );
}

function WhatTheLinkDoes({ resetLinkSeconds }: { resetLinkSeconds: number }) {
  return (
    <>
      <h2 className={stepsStyles.caption}>What happens then</h2>
      <Steps
        moments={[
          {
            title: "This page says the same for every address",
            text: "So it does not reveal whether an address has an account.",
          },
          {
            title: "A link arrives",
            text: `It works once, within ${wholeDuration(resetLinkSeconds)}. A newer link replaces it.`,
          },
          {
            title: "You choose a new password",
            text: "Every session of the account ends, on every device.",
          },
          { title: "You log in with it", text: "The link itself does not log you in.", open: true },
        ]}
      />
    </>
  );
}

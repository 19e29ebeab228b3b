import type { Metadata } from "next";
import { Columns, Page } from "../../components/page.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import timeline from "../../components/timeline.module.css";
import { Timeline } from "../../components/timeline.tsx";
import { currentLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import { withReturnTo } from "../../server/return-to.ts";
import { readLoginParams, type SearchParams } from "../login/search-params.ts";
import styles from "./forgot-password.module.css";
import { KeptIdentifier } from "./kept-identifier.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Says what can be done today: recovery by mail does not exist yet, and a form that sends nothing would be a lie. */
export default async function ForgotPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  const login = await currentLogin();
  return (
    <Page {...(login ? { data: await pageData(login) } : {})}>
      <PageTitle>Forgot your password</PageTitle>
      <Columns aside={<WhyNot />}>
        <h1>Forgot your password?</h1>
        <p className={styles.lead}>Watchword cannot send you a new one yet. This is what you can do.</p>
        <ol className={styles.ways}>
          <li>
            <h2>Look where your browser keeps passwords</h2>
            <p>In its settings under “Passwords”. On a phone, in the phone’s own settings.</p>
          </li>
          <li>
            <h2>Try your other name</h2>
            <p>You can log in with your username or with your email address.</p>
          </li>
          <li>
            <h2>Ask whoever runs this site</h2>
            <p>They can see that you are you, which this page cannot.</p>
          </li>
        </ol>
        <KeptIdentifier />
        <a className={`button ${styles.back}`} href={login ? "/account" : withReturnTo("/login", next)}>
          {login ? "Back to your account" : "Back to log in"}
        </a>
      </Columns>
    </Page>
  );
}

function WhyNot() {
  return (
    <>
      <h2 className={timeline.caption}>Why it is not easier</h2>
      <Timeline
        moments={[
          { title: "Nobody here knows your password", text: "Only a hash of it is kept, which does not lead back." },
          { title: "No question can stand in for it", text: "A pet’s name is a password that others know." },
          { title: "A link by mail will", text: "It is not built yet.", open: true },
        ]}
      />
    </>
  );
}

import { GeistMono } from "geist/font/mono";
import type { Metadata } from "next";
import { BackForwardGuard } from "../../components/back-forward-guard.tsx";
import { deviceName } from "../../components/device-name.ts";
import { LocalTime } from "../../components/local-time.tsx";
import { LogoutButton } from "../../components/logout-button.tsx";
import { Notice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { SessionTokens } from "../../components/session-tokens.tsx";
import { type CurrentLogin, requireLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import type { SearchParams } from "../login/search-params.ts";
import styles from "./account.module.css";
import { ChangeName } from "./change-name.tsx";
import { History } from "./history.tsx";
import { exportPath } from "./proof.ts";
import { Resend } from "./resend.tsx";
import { SessionList } from "./session-list.tsx";
import { SessionTimeline } from "./session-timeline.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What somebody has just done on another page. */
const news = new Map([
  ["password", "Your password is changed. Wherever else you were logged in, you no longer are."],
  ["email", "A link was sent to the new address. Your address changes when it is used."],
  ["verification", "A link was sent to your address. It shows that the address is yours."],
]);

/** Who you are here, and what this session is. */
export default async function AccountPage({ searchParams }: { searchParams: SearchParams }) {
  const login = await requireLogin("/account");
  const data = await pageData(login, ["sessions", "timeline"]);
  const { from } = await searchParams;
  const said = typeof from === "string" ? news.get(from) : undefined;
  const now = new Date().toISOString();
  return (
    <Page data={data} place="account">
      <PageTitle>Account</PageTitle>
      <BackForwardGuard />
      <div className={`${styles.account} ${GeistMono.variable}`}>
        <div>
          <h1>
            <bdi>{login.user.name}</bdi>
          </h1>
          {said && <Notice>{said}</Notice>}
          {from === "export" && <ExportBegins />}
          <Person login={login} now={now} />
          <ChangeName name={login.user.name} />
          <ThisSession login={login} now={now} />
          <section className={styles.part} aria-labelledby="sessions">
            <h2 id="sessions">Where you are logged in</h2>
            <SessionList now={now} />
            <LogoutButton className="button button-quiet" everywhere />
          </section>
          <History now={now} />
          <YourData />
        </div>
        <aside>
          <SessionTokens page="/account" />
        </aside>
      </div>
    </Page>
  );
}

interface Part {
  login: CurrentLogin;
  now: string;
}

function Person({ login: { user }, now }: Part) {
  return (
    <section className={styles.part} aria-labelledby="you">
      <h2 id="you">You</h2>
      <dl className={styles.log}>
        <Line term="Username">
          <bdi>{user.username}</bdi>
        </Line>
        <Line term="Email">
          <bdi>{user.email}</bdi>
          {user.emailVerified ? <span className={styles.here}>confirmed</span> : <Resend />}
          <p>
            <a href="/account/email">Change the address</a>
          </p>
        </Line>
        <Line term="Account since">
          <LocalTime at={user.createdAt} now={now} />
        </Line>
        <Line term="Password">
          <a href="/account/password">Change it</a>
        </Line>
      </dl>
    </section>
  );
}

/** The password was just confirmed for it. Without scripts too: the download begins by itself, and the page stays. */
function ExportBegins() {
  return (
    <>
      <meta httpEquiv="refresh" content={`0;url=${exportPath}`} />
      <Notice>
        Thank you. The download begins by itself. If it does not: <a href={exportPath}>download your data</a>.
      </Notice>
    </>
  );
}

function YourData() {
  return (
    <section className={styles.part} aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <dl className={styles.log}>
        <Line term="Take it along">
          <a href={exportPath}>Download all that is kept of you</a>
        </Line>
        <Line term="Leave">
          <a href="/account/delete">Delete your account</a>
        </Line>
      </dl>
    </section>
  );
}

function ThisSession({ login: { session }, now }: Part) {
  return (
    <section className={styles.part} aria-labelledby="session">
      <h2 id="session">This session</h2>
      <dl className={styles.log}>
        <Line term="Device">
          {deviceName(session.userAgent)} <span className={styles.here}>this device</span>
        </Line>
        {session.ipAddress && (
          <Line term="From">
            <code>{session.ipAddress}</code>
          </Line>
        )}
        <Line term="Kept">{session.rememberMe ? "Also after the browser closes" : "Until the browser closes"}</Line>
        <Line term="Id">
          <code className={styles.id}>{session.id}</code>
        </Line>
      </dl>
      <SessionTimeline session={session} now={now} />
      <LogoutButton className="button button-quiet" />
    </section>
  );
}

function Line({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

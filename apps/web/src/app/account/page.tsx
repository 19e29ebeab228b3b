import type { Metadata } from "next";
import { monoFont } from "../../format/mono-font.ts";
import { deviceName } from "../../messages/device-name.ts";
import { loginMethods } from "../../messages/login-methods.ts";
import { getPageCaller } from "../../server/caller.ts";
import { type CurrentLogin, requireLogin } from "../../server/login.ts";
import { pageData, unlessBusy } from "../../server/page-data.ts";
import { withQuery } from "../../server/return-to.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { LocalTime } from "../../ui/local-time.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { LogoutButton } from "../_shared/logout-button.tsx";
import { Notice } from "../_shared/notice.tsx";
import { SessionTokens } from "../_shared/session-tokens.tsx";
import { UserPage } from "../_shared/user-page.tsx";
import type { SearchParams } from "../login/search-params.ts";
import styles from "./account.module.css";
import { AuditLog } from "./audit-log.tsx";
import { ChangeName } from "./change-name.tsx";
import { exportPath } from "./confirm-paths.ts";
import { SessionSteps } from "./session-steps.tsx";
import { SessionList } from "./sessions/session-list.tsx";
import { Resend } from "./unverified-email.tsx";
import { WaysIn } from "./ways-in.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** What the user has just done on another page. */
const news = new Map([
  ["password", "Your password is changed. You are logged out on every other device."],
  ["email", "A link was sent to the new address. Your address changes when you use the link."],
  ["verification", "A link was sent to your address. Use it to confirm the address."],
  ["name", "Your name is changed."],
  ["ended", "That session is ended."],
  ["others", "All your other sessions are ended. This one stays."],
]);

/** Who you are here, and what this session is. */
export default async function AccountPage({ searchParams }: { searchParams: SearchParams }) {
  const { from, ...query } = await searchParams;
  const login = await requireLogin(withQuery("/account", query));
  const data = await pageData(login, ["sessions", "auditLog"]);
  const waysIn = await unlessBusy(async () => (await getPageCaller()).auth.credentials());
  const said = typeof from === "string" ? news.get(from) : undefined;
  const now = new Date().toISOString();
  return (
    <UserPage data={data} place="account">
      <PageTitle>Account</PageTitle>
      <BackForwardGuard />
      <div className={`${styles.account} ${monoFont.variable}`}>
        <div>
          <h1>
            <bdi>{login.user.name}</bdi>
          </h1>
          {said && <Notice arrived>{said}</Notice>}
          <Person login={login} now={now} />
          <ChangeName name={login.user.name} />
          <section className={styles.part} aria-labelledby="ways-in">
            <h2 id="ways-in">Ways in</h2>
            <WaysIn credentials={waysIn?.credentials} now={now} />
          </section>
          <ThisSession login={login} now={now} />
          <section className={styles.part} aria-labelledby="sessions">
            <h2 id="sessions">Where you are logged in</h2>
            <SessionList now={now} />
            <LogoutButton className="button button-quiet" everywhere />
          </section>
          <AuditLog now={now} />
          <YourData />
        </div>
        <aside>
          <SessionTokens login={login} page="/account" />
        </aside>
      </div>
    </UserPage>
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
          <bdi>{user.email}</bdi> {user.emailVerified ? <span className={styles.here}>confirmed</span> : <Resend />}
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

function YourData() {
  return (
    <section className={styles.part} aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <dl className={styles.log}>
        <Line term="Export">
          <a href={exportPath}>Download all your data</a>
        </Line>
        <Line term="Deletion">
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
          <span>{deviceName(session.userAgent)}</span> <span className={styles.here}>this device</span>
        </Line>
        {session.ipAddress && (
          <Line term="From">
            <code>{session.ipAddress}</code>
          </Line>
        )}
        <Line term="Logged in with">{loginMethods(session.amr)}</Line>
        <Line term="Kept">{session.rememberMe ? "Also after the browser closes" : "Until the browser closes"}</Line>
        <Line term="Id">
          <code className={styles.id}>{session.id}</code>
        </Line>
      </dl>
      <SessionSteps session={session} now={now} />
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

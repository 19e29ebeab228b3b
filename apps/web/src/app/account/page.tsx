import type { Metadata } from "next";
import { type CurrentLogin, requireLogin } from "../../server/login.ts";
import { pageData } from "../../server/page-data.ts";
import { withQuery } from "../../server/return-to.ts";
import { LocalTime } from "../../ui/local-time.tsx";
import { SessionTokens } from "../_shared/session-tokens.tsx";
import type { SearchParams } from "../login/search-params.ts";
import styles from "./account.module.css";
import { AccountPage } from "./account-page.tsx";
import { ChangeName } from "./change-name.tsx";
import { exportPath } from "./confirm-paths.ts";
import { FactLine } from "./fact-line.tsx";
import { FormerParts } from "./former-parts.tsx";
import { formerParts } from "./former-parts-list.ts";
import { Resend } from "./unverified-email.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Who you are here. */
export default async function ProfilePage({ searchParams }: { searchParams: SearchParams }) {
  const { from, ...query } = await searchParams;
  const login = await requireLogin(withQuery("/account", query));
  const now = new Date().toISOString();
  return (
    <AccountPage
      data={await pageData(login)}
      name="Profile"
      heading={<bdi>{login.user.name}</bdi>}
      from={from}
      aside={<SessionTokens login={login} page="/account" />}
      formerParts={formerParts}
    >
      <FormerParts />
      <Person login={login} now={now} />
      <ChangeName name={login.user.name} />
      <YourData />
    </AccountPage>
  );
}

function Person({ login: { user }, now }: { login: CurrentLogin; now: string }) {
  return (
    <section className={styles.part} aria-labelledby="you">
      <h2 id="you">You</h2>
      <dl className={styles.log}>
        <FactLine term="Username">
          <bdi>{user.username}</bdi>
        </FactLine>
        <FactLine term="Email">
          <bdi>{user.email}</bdi> {user.emailVerified ? <span className={styles.here}>confirmed</span> : <Resend />}
          <p>
            <a href="/account/email">Change the address</a>
          </p>
        </FactLine>
        <FactLine term="Account since">
          <LocalTime at={user.createdAt} now={now} />
        </FactLine>
      </dl>
    </section>
  );
}

function YourData() {
  return (
    <section className={styles.part} aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <dl className={styles.log}>
        <FactLine term="Export">
          <a href={exportPath}>Download all your data</a>
        </FactLine>
        <FactLine term="Deletion">
          <a href="/account/delete">Delete your account</a>
        </FactLine>
      </dl>
    </section>
  );
}

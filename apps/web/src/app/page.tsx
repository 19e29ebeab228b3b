import { monoFont } from "../format/mono-font.ts";
import { type CurrentLogin, currentLogin } from "../server/login.ts";
import { pageData } from "../server/page-data.ts";
import { getServer } from "../server/server.ts";
import { BackForwardGuard } from "../ui/back-forward-guard.tsx";
import { VisitorMenu } from "../ui/layout.tsx";
import { PageTitle } from "../ui/page-title.tsx";
import { TokenPlaceholder } from "../ui/token-placeholder.tsx";
import { CommonPage } from "./_shared/common-page.tsx";
import { SessionTokens } from "./_shared/session-tokens.tsx";
import styles from "./home.module.css";

/** What Watchword is, shown with the reader's own session. */
export default async function HomePage() {
  const login = await currentLogin();
  const data = login && (await pageData(login));
  const { env } = getServer();
  return (
    <CommonPage data={data} visitorMenu={<VisitorMenu />}>
      <PageTitle>The login for tRPC applications</PageTitle>
      <BackForwardGuard />
      <div className={`${styles.home} ${monoFont.variable}`}>
        <div>
          <h1 className={styles.title}>The login for tRPC applications</h1>
          <p className={styles.lead}>
            Access tokens that live for minutes, refresh tokens that work once, and a session that you never lose and a
            thief never keeps.
          </p>
          <Commands />
          <WayIn login={login} />
        </div>
        {login ? (
          <SessionTokens login={login} page="/" />
        ) : (
          <TokenPlaceholder accessLifeSeconds={env.accessTokenTtlSeconds} refreshLifeSeconds={env.refreshIdleSeconds} />
        )}
      </div>
    </CommonPage>
  );
}

function Commands() {
  return (
    <dl className={styles.commands}>
      <div>
        <dt>
          <code>npm start</code>
        </dt>
        <dd>From a fresh clone to this page. No account, no Docker.</dd>
      </div>
      <div>
        <dt>
          <code>npm test</code>
        </dt>
        <dd>Runs every test, in a real browser too.</dd>
      </div>
    </dl>
  );
}

function WayIn({ login }: { login: CurrentLogin | null }) {
  if (login) {
    return (
      <p className={styles.ways}>
        <a className="button" href="/files">
          Your files
        </a>
        <span>
          Logged in as <bdi>{login.user.username}</bdi>
        </span>
      </p>
    );
  }
  return (
    <p className={styles.ways}>
      <a className="button" href="/register">
        Create an account
      </a>
      <a className="button button-quiet" href="/login">
        Log in
      </a>
    </p>
  );
}

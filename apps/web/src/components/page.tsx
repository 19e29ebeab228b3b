import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { appCookie } from "../server/app-cookies.ts";
import type { PageData } from "../server/page-data.ts";
import { LoggedInTab } from "../session/logged-in-tab.tsx";
import { TrpcProvider } from "../trpc/client.tsx";
import { LogoutButton } from "./logout-button.tsx";
import { Mark } from "./mark.tsx";
import styles from "./page.module.css";
import { asTheme, themeCookie } from "./theme.ts";
import { ThemeChoice } from "./theme-choice.tsx";

type Place = "account" | "files" | "admin";

interface PageProps {
  children: ReactNode;
  /**
   * Whoever is logged in, with what the page shows of theirs; null for nobody. Undefined where it would only distract: on
   * the pages one logs in by.
   */
  data?: PageData | null;
  /** The page that the menu marks as the current one. */
  place?: Place;
}

/** The frame of every page: the mark, the way around, and one main part. */
export function Page({ children, data, place }: PageProps) {
  const frame = (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.masthead}>
        <div className={styles.bar}>
          <a className={styles.home} href="/">
            <Mark />
            <span className={data ? styles.word : undefined}>Watchword</span>
          </a>
          {data && <Menu place={place} isAdmin={data.login.user.role === "admin"} />}
          {data === null && <Doors />}
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </>
  );
  return data ? <Kept data={data}>{frame}</Kept> : frame;
}

/** A page with somebody's data on it, and what watches over it in the browser. */
function Kept({ data, children }: { data: PageData; children: ReactNode }) {
  const { user, session } = data.login;
  return (
    <TrpcProvider known={data.known}>
      {children}
      <LoggedInTab user={{ id: user.id, username: user.username }} rememberMe={session.rememberMe} since={data.since} />
    </TrpcProvider>
  );
}

async function Footer() {
  const cookie = appCookie(themeCookie);
  const theme = asTheme((await cookies()).get(cookie)?.value);
  return (
    <footer className={styles.footer}>
      <div className={styles.bar}>
        <ThemeChoice chosen={theme} cookie={cookie} />
      </div>
    </footer>
  );
}

function Menu({ place, isAdmin }: { place: Place | undefined; isAdmin: boolean }) {
  return (
    <nav className={styles.menu} aria-label="Your account">
      <a href="/files" aria-current={place === "files" ? "page" : undefined}>
        Files
      </a>
      <a href="/account" aria-current={place === "account" ? "page" : undefined}>
        Account
      </a>
      {isAdmin && (
        <a href="/admin" aria-current={place === "admin" ? "page" : undefined}>
          People
        </a>
      )}
      <LogoutButton />
    </nav>
  );
}

function Doors() {
  return (
    <nav className={styles.menu} aria-label="Your account">
      <a href="/login">Log in</a>
      <a href="/register">Create account</a>
    </nav>
  );
}

/** What is done on the left, what is true on the right; on a phone one under the other. */
export function Columns({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>{children}</div>
      <aside className={styles.aside}>{aside}</aside>
    </div>
  );
}

/** A few sentences and what follows from them, with nothing beside. */
export function Alone({ children }: { children: ReactNode }) {
  return <div className={styles.alone}>{children}</div>;
}

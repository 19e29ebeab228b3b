import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { LogoutButton } from "./logout-button.tsx";
import { Mark } from "./mark.tsx";
import styles from "./page.module.css";
import { asTheme, themeCookie } from "./theme.ts";
import { ThemeChoice } from "./theme-choice.tsx";

type Place = "account" | "files";

interface PageProps {
  children: ReactNode;
  /** Whether somebody is logged in. Undefined where it would only distract: on the pages one logs in by. */
  loggedIn?: boolean;
  /** The page that the menu marks as the current one. */
  place?: Place;
}

/** The frame of every page: the mark, the way around, and one main part. */
export function Page({ children, loggedIn, place }: PageProps) {
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.masthead}>
        <div className={styles.bar}>
          <a className={styles.home} href="/">
            <Mark />
            <span className={loggedIn === true ? styles.word : undefined}>Watchword</span>
          </a>
          {loggedIn === true && <Menu place={place} />}
          {loggedIn === false && <Doors />}
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </>
  );
}

async function Footer() {
  const theme = asTheme((await cookies()).get(themeCookie)?.value);
  return (
    <footer className={styles.footer}>
      <div className={styles.bar}>
        <ThemeChoice chosen={theme} />
      </div>
    </footer>
  );
}

function Menu({ place }: { place: Place | undefined }) {
  return (
    <nav className={styles.menu} aria-label="Your account">
      <a href="/files" aria-current={place === "files" ? "page" : undefined}>
        Files
      </a>
      <a href="/account" aria-current={place === "account" ? "page" : undefined}>
        Account
      </a>
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

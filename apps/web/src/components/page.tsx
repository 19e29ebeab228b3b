import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { appCookie } from "../server/app-cookies.ts";
import { Mark } from "./mark.tsx";
import styles from "./page.module.css";
import { asTheme, themeCookie } from "./theme.ts";
import { ThemeChoice } from "./theme-choice.tsx";

interface PageProps {
  children: ReactNode;
  /** The way around. Left out where it would only distract: on the pages that a user logs in by. */
  menu?: ReactNode;
  /** Whether the menu needs the width of a phone for itself: then the word beside the mark gives way. */
  fullMenu?: boolean;
}

/**
 * The frame of every page: the mark, the way around, and one main part. It loads nothing that only a logged-in user needs;
 * `UserPage` adds that.
 */
export function Page({ children, menu, fullMenu = false }: PageProps) {
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.masthead}>
        <div className={styles.bar}>
          <a className={styles.home} href="/">
            <Mark />
            <span className={fullMenu ? styles.word : undefined}>Watchword</span>
          </a>
          {menu}
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

/** The menu of a visitor who is not logged in. */
export function Doors() {
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

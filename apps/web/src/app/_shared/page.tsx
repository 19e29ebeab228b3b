import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { asTheme, themeCookie } from "../../format/theme.ts";
import { appCookie } from "../../http/app-cookies.ts";
import styles from "../../ui/layout.module.css";
import { Mark } from "../../ui/mark.tsx";
import { ThemeChoice } from "../../ui/theme-choice.tsx";
import { chooseTheme } from "../theme/actions.ts";

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
        <ThemeChoice chosen={theme} cookie={cookie} action={chooseTheme} />
      </div>
    </footer>
  );
}

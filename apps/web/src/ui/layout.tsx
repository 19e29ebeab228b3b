import type { ReactNode } from "react";
import styles from "./layout.module.css";

/** The menu of a visitor who is not logged in. */
export function VisitorMenu() {
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

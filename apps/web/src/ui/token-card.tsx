import type { ReactNode } from "react";
import styles from "./token-card.module.css";

interface TokenCardProps {
  name: string;
  /** How much of its life is left, in words. */
  left: ReactNode;
  notches: number;
  /** How many of them are still to come; the last of these is the one that is open now. */
  ahead: number;
  children: ReactNode;
}

/** One token, drawn like the mark: a card whose notches are used up one by one. */
export function TokenCard({ name, left, notches, ahead, children }: TokenCardProps) {
  return (
    <section className={ahead > 0 ? styles.tablet : `${styles.tablet} ${styles.blank}`} aria-label={name}>
      <header className={styles.head}>
        <h3>{name}</h3>
        <div className={styles.left}>{left}</div>
      </header>
      <div className={styles.notches} aria-hidden="true">
        {Array.from({ length: notches }, (_, at) => (
          // A notch is its place in the row.
          <span key={at} className={notchClass(at, ahead)} />
        ))}
      </div>
      <div className={styles.says}>{children}</div>
    </section>
  );
}

function notchClass(at: number, ahead: number): string | undefined {
  if (at >= ahead) return styles.spent;
  return at === ahead - 1 ? styles.open : styles.whole;
}

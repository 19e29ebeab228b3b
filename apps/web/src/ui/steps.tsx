import type { ReactNode } from "react";
import styles from "./steps.module.css";

interface Moment {
  title: ReactNode;
  text?: ReactNode;
  /** What is the case now, or is still to come: its notch is open. */
  open?: boolean;
  /** Worth a second look: its notch and its title are in the colour of danger. */
  alarming?: boolean;
}

/** A line with notches: what happens one after the other. */
export function Steps({ moments }: { moments: readonly Moment[] }) {
  return (
    <ol className={styles.line}>
      {moments.map(({ title, text, open, alarming }, at) => (
        // The order is what it says.
        <li key={at} className={open ? styles.open : alarming ? styles.alarming : undefined}>
          <p className={styles.title}>{title}</p>
          {text && <p className={styles.text}>{text}</p>}
        </li>
      ))}
    </ol>
  );
}

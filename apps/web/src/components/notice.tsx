import type { ReactNode } from "react";
import styles from "./notice.module.css";

/** Something that has happened and asks for nothing: quiet, beneath the heading. */
export function Notice({ children }: { children: ReactNode }) {
  return <div className={styles.notice}>{children}</div>;
}

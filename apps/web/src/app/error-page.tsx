"use client";

import { Mark } from "../ui/mark.tsx";
import styles from "./error-page.module.css";

/** What happened, what it left alone, and what to do next. */
export function ErrorContent({ retry }: { retry: () => void }) {
  return (
    <div className={`${styles.trouble} ${styles.alone}`}>
      <a href="/" aria-label="Watchword, home page">
        <Mark size={32} />
      </a>
      <h1>This page could not be shown</h1>
      <p>Something went wrong on our side. If you were logged in, you still are. Nothing was changed.</p>
      <div className={styles.ways}>
        <button className="button" type="button" onClick={retry}>
          Try again
        </button>
        <a className="button button-quiet" href="/">
          Go to the home page
        </a>
      </div>
    </div>
  );
}

import { headers } from "next/headers";
import type { ReactNode } from "react";
import styles from "./notice.module.css";

interface NoticeProps {
  children: ReactNode;
  /** What the user did a moment ago led here: the focus begins at it, so that it is read out. Without a script too. */
  arrived?: boolean;
}

/** Something that has happened and asks for nothing: quiet, beneath the heading. */
export async function Notice({ children, arrived = false }: NoticeProps) {
  // A form that was posted without a script is answered by this page again, and what it says comes first.
  const answersForm = (await headers()).has("content-type");
  if (!arrived || answersForm) return <div className={styles.notice}>{children}</div>;
  return (
    // biome-ignore lint/a11y/noAutofocus: a page that was loaded after an action has no other way to say what happened.
    <div className={styles.notice} role="status" tabIndex={-1} autoFocus>
      {children}
    </div>
  );
}

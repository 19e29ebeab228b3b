import { filesHref } from "../../lists/files-query.ts";
import styles from "./files.module.css";

interface FilePagesProps {
  isFirst: boolean;
  nextCursor: string | null;
  total: number;
}

/** Where there are more files than one page holds: how many, and links to the others. */
export function FilePages({ isFirst, nextCursor, total }: FilePagesProps) {
  if (isFirst && nextCursor === null) return null;
  return (
    <nav className={styles.pages} aria-label="Pages of your files">
      <span>{`${total.toLocaleString("en")} files`}</span>
      {!isFirst && (
        <a className="reach" href="/files">
          Newest files
        </a>
      )}
      {nextCursor !== null && (
        <a className="reach" href={filesHref(nextCursor)}>
          Older files
        </a>
      )}
    </nav>
  );
}

import styles from "./files.module.css";

/** Where the list will be. Seen only when it takes longer than a blink. */
export function Skeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">Your files are being listed</span>
      <span />
      <span />
      <span />
    </div>
  );
}

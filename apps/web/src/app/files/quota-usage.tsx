import { byteSize } from "@watchword/api/byte-size";
import type { FileList } from "./file-list.ts";
import styles from "./files.module.css";

/** How much room is taken, and what to do when there is none. */
export function Usage({ usedBytes, quotaBytes }: Pick<FileList, "usedBytes" | "quotaBytes">) {
  const full = usedBytes >= quotaBytes;
  return (
    <div className={full ? `${styles.usage} ${styles.full}` : styles.usage}>
      <meter id="usage" min={0} max={quotaBytes} high={quotaBytes * 0.9} value={usedBytes} />
      <label htmlFor="usage">{`${byteSize(usedBytes)} of ${byteSize(quotaBytes)} used`}</label>
      {full && <p>No space is left. Delete a file before you upload more.</p>}
    </div>
  );
}

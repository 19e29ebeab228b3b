import { byteSize } from "@watchword/api/byte-size";
import styles from "./files.module.css";
import { shownName } from "./shown-name.ts";
import type { Upload } from "./use-uploads.ts";

interface UploadRowsProps {
  uploads: readonly Upload[];
  onRetry: (upload: Upload) => void;
  /** Cancels one that is under way, or clears away one that failed. */
  onDrop: (upload: Upload) => void;
}

/** The files that are on their way, each with what there is to know and to do about it. */
export function UploadRows({ uploads, onRetry, onDrop }: UploadRowsProps) {
  if (uploads.length === 0) return null;
  return (
    <section aria-labelledby="uploads">
      <h2 className="visually-hidden" id="uploads">
        Uploads
      </h2>
      <ul className={styles.uploads}>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} onRetry={onRetry} onDrop={onDrop} />
        ))}
      </ul>
    </section>
  );
}

interface UploadRowProps extends Omit<UploadRowsProps, "uploads"> {
  upload: Upload;
}

function UploadRow({ upload, onRetry, onDrop }: UploadRowProps) {
  const { id, file, state, sent, problem, retryable } = upload;
  const failed = state === "failed";
  const name = shownName(file.name);
  const nameId = `upload-${id}`;
  return (
    <li className={failed ? `${styles.upload} ${styles.failed}` : styles.upload}>
      <p id={nameId} className={styles.name}>
        <bdi>{name}</bdi> <span className="soft small">{byteSize(file.size)}</span>
      </p>
      {failed ? (
        <p className={styles.problem} role="alert">
          <span className="visually-hidden">{`${name}: `}</span>
          <span>{problem}</span>
        </p>
      ) : (
        <div className={styles.progress}>
          <progress max={1} value={sent} aria-labelledby={nameId} />
          <span className="soft small">{progressWords(state, sent)}</span>
        </div>
      )}
      <div className={styles.rowActions}>
        {failed && retryable && (
          <button type="button" onClick={() => onRetry(upload)} aria-label={`Try again: ${name}`}>
            Try again
          </button>
        )}
        <button type="button" onClick={() => onDrop(upload)} aria-label={failed ? `Clear: ${name}` : `Cancel: ${name}`}>
          {failed ? "Clear" : "Cancel"}
        </button>
      </div>
    </li>
  );
}

function progressWords(state: Upload["state"], sent: number): string {
  if (state === "waiting") return "Waiting";
  return sent < 1 ? `${Math.floor(sent * 100)} %` : "Storing";
}

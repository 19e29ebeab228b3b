import { byteSize, exactByteSize } from "@watchword/api/byte-size";
import { LocalTime } from "../../ui/local-time.tsx";
import type { ListedFile } from "./file-list.ts";
import styles from "./files.module.css";
import { shownName } from "./shown-name.ts";

interface FileTableProps {
  files: readonly ListedFile[];
  now: string;
  onRemove: (file: ListedFile) => void;
}

/** The files, like a log. On a phone the size and the time stand under the name. */
export function FileTable({ files, now, onRemove }: FileTableProps) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">Your files</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className={styles.aside}>
            Size
          </th>
          <th scope="col" className={styles.aside}>
            Uploaded
          </th>
          <th scope="col">
            <span className="visually-hidden">What you can do</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <FileRow key={file.id} file={file} now={now} onRemove={onRemove} />
        ))}
      </tbody>
    </table>
  );
}

function FileRow({ file, now, onRemove }: { file: ListedFile } & Pick<FileTableProps, "now" | "onRemove">) {
  const size = <span title={exactByteSize(file.sizeBytes)}>{byteSize(file.sizeBytes)}</span>;
  const time = <LocalTime at={file.createdAt} now={now} />;
  const name = shownName(file.name);
  return (
    <tr>
      <th scope="row" className={styles.name}>
        {/* Isolated: a name in another direction would turn the text around it. */}
        <bdi>{name}</bdi>
        <span className={styles.beneath}>
          {size} · {time}
        </span>
      </th>
      <td className={styles.aside}>{size}</td>
      <td className={styles.aside}>{time}</td>
      <td>
        <div className={styles.rowActions}>
          <a href={`/api/files/${file.id}`} aria-label={`Download ${name}`}>
            Download
          </a>
          <button className="needs-script" type="button" onClick={() => onRemove(file)} aria-label={`Delete ${name}`}>
            Delete
          </button>
        </div>
      </td>
    </tr>
  );
}

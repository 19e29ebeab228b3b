"use client";

import { byteSize } from "@watchword/api/byte-size";
import { type ChangeEvent, useEffect, useState } from "react";
import styles from "./files.module.css";

interface FilePickerProps {
  maxFileBytes: number | undefined;
  onFiles: (files: readonly File[]) => void;
}

/** The button that files are chosen by. It is there once it can do something. */
export function FilePicker({ maxFileBytes, onFiles }: FilePickerProps) {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const onChoose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(target.files ?? [])]);
    target.value = ""; // so that the same file can be chosen again
  };
  return (
    <div className={styles.picker}>
      <noscript>
        <p>Uploading and deleting need JavaScript. Downloading does not.</p>
      </noscript>
      <label className={`button needs-script ${styles.pick} ${ready ? "" : styles.unready}`}>
        Choose files
        <input className="visually-hidden" type="file" multiple onChange={onChoose} aria-describedby="picker-hint" />
      </label>
      <p id="picker-hint" className="needs-script soft small">
        {`${maxFileBytes === undefined ? "" : `Up to ${byteSize(maxFileBytes)} each. `}Or drop them on this page.`}
      </p>
    </div>
  );
}

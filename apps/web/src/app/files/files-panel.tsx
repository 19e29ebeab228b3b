"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTRPC } from "../../session/trpc/client.tsx";
import { DropZone } from "./drop-zone.tsx";
import type { FileList, ListedFile } from "./file-list.ts";
import { FilePicker } from "./file-picker.tsx";
import { FileTable } from "./file-table.tsx";
import styles from "./files.module.css";
import { RemoveDialog } from "./remove-dialog.tsx";
import { shownName } from "./shown-name.ts";
import { Skeleton } from "./skeleton.tsx";
import { UploadRows } from "./upload-rows.tsx";
import { useUploads } from "./uploads.ts";
import { Usage } from "./usage.tsx";

/** @param now the server's time, ISO 8601 */
export function FilesPanel({ now }: { now: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useQuery(trpc.files.list.queryOptions());
  const [said, setSaid] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const refresh = () => queries.invalidateQueries(trpc.files.list.queryFilter());
  const { usedBytes = 0, quotaBytes = 0, maxFileBytes = Number.MAX_SAFE_INTEGER, files } = list.data ?? {};
  const { uploads, add, retry, drop } = useUploads({
    room: { maxFileBytes, freeBytes: Math.max(0, quotaBytes - usedBytes) },
    onArrived: (file) => {
      setSaid(`${shownName(file.name)} is uploaded`);
      return refresh();
    },
  });
  const [removing, setRemoving] = useState<ListedFile>();

  return (
    <DropZone onFiles={add}>
      <header className={styles.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            Files
          </h1>
          {list.data && <Usage {...list.data} />}
        </div>
        <FilePicker onFiles={add} maxFileBytes={list.data?.maxFileBytes} />
      </header>
      <UploadRows
        uploads={uploads}
        onRetry={(upload) => {
          setSaid(`${shownName(upload.file.name)} is sent again`);
          retry(upload);
        }}
        onDrop={({ id, file, state }) => {
          setSaid(
            state === "failed" ? `${shownName(file.name)} is cleared away` : `${shownName(file.name)} is cancelled`,
          );
          drop(id);
        }}
      />
      {list.isError && (
        <NotListed
          stale={files !== undefined}
          retry={() =>
            list.refetch().then(({ isError }) => {
              if (!isError) setSaid("The list of your files is up to date");
            })
          }
        />
      )}
      {list.isPending && <Skeleton />}
      {files?.length === 0 && uploads.length === 0 && <Empty />}
      {files && files.length > 0 && <FileTable files={files} now={now} onRemove={setRemoving} />}
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <RemoveDialog
        file={removing}
        onClose={() => setRemoving(undefined)}
        onRemoved={async (file) => {
          // Gone at once, also when the list cannot be asked for again.
          queries.setQueryData(trpc.files.list.queryKey(), (before) => before && without(before, file));
          await refresh();
          setSaid(`${shownName(file.name)} is deleted`);
          heading.current?.focus();
        }}
      />
    </DropZone>
  );
}

function without(list: FileList, removed: ListedFile): FileList {
  return {
    ...list,
    files: list.files.filter(({ id }) => id !== removed.id),
    usedBytes: list.usedBytes - removed.sizeBytes,
  };
}

function Empty() {
  return (
    <div className={styles.empty}>
      <h2>Nothing here yet</h2>
      <p>
        <span className="needs-script">Drop files here, or choose them above. </span>
        You alone see them: every request for one has to say who it is from.
      </p>
    </div>
  );
}

function NotListed({ stale, retry }: { stale: boolean; retry: () => void }) {
  return (
    <div className={styles.trouble} role="alert">
      <p>
        {stale
          ? "The list could not be brought up to date. What you see is from a moment ago."
          : "Your files could not be listed. They are safe where they are."}
      </p>
      <button className="button button-quiet" type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type FilesQuery, filesHref } from "../../lists/files-query.ts";
import { useTRPC } from "../../session/trpc/client.tsx";
import { PageLinks } from "../_shared/page-links.tsx";
import { DropZone } from "./drop-zone.tsx";
import type { FileList, ListedFile } from "./file-list.ts";
import { FilePicker } from "./file-picker.tsx";
import { FileTable } from "./file-table.tsx";
import styles from "./files.module.css";
import { Usage } from "./quota-usage.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import { shownName } from "./shown-name.ts";
import { Skeleton } from "./skeleton.tsx";
import { UploadRows } from "./upload-rows.tsx";
import { type Upload, useUploads } from "./use-uploads.ts";

interface FilesPanelProps {
  /** The server's time, ISO 8601. */
  now: string;
  query: FilesQuery;
}

export function FilesPanel({ now, query }: FilesPanelProps) {
  const list = useFileList(query);
  const [said, setSaid] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const { usedBytes = 0, quotaBytes = 0, maxFileBytes = Number.MAX_SAFE_INTEGER, files } = list.data ?? {};
  const { uploads, add, retry, drop } = useUploads({
    limits: { maxFileBytes, freeBytes: Math.max(0, quotaBytes - usedBytes) },
    onArrived: (file) => {
      setSaid(`${shownName(file.name)} is uploaded`);
      return list.refresh();
    },
  });
  const [removing, setRemoving] = useState<ListedFile>();
  const onRemoved = async (file: ListedFile) => {
    await list.remove(file);
    setSaid(`${shownName(file.name)} is deleted`);
    heading.current?.focus();
  };

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
        onDrop={(upload) => {
          setSaid(droppedWords(upload));
          drop(upload.id);
        }}
      />
      {list.isError && (
        <NotListed
          stale={files !== undefined}
          retry={async () => {
            if (await list.reload()) setSaid("The list of your files is up to date");
          }}
        />
      )}
      {list.isPending && <Skeleton />}
      {list.data?.total === 0 && uploads.length === 0 && <Empty />}
      {files && files.length > 0 && <FileTable files={files} now={now} onRemove={setRemoving} />}
      {list.data && <OtherPages list={list.data} isFirst={query.cursor === undefined} />}
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <RemoveDialog file={removing} onClose={() => setRemoving(undefined)} onRemoved={onRemoved} />
    </DropZone>
  );
}

function OtherPages({ list: { nextCursor, total }, isFirst }: { list: FileList; isFirst: boolean }) {
  return (
    <PageLinks
      label="Pages of your files"
      first={isFirst ? undefined : { href: "/files", text: "Newest files" }}
      next={nextCursor === null ? undefined : { href: filesHref(nextCursor), text: "Older files" }}
    >
      {`${total.toLocaleString("en")} files`}
    </PageLinks>
  );
}

/** The list of files, and what brings it up to date after a change of this page's own. */
function useFileList(query: FilesQuery) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { data, isError, isPending, refetch } = useQuery(trpc.files.list.queryOptions(query));
  const refresh = () => queries.invalidateQueries(trpc.files.list.pathFilter());
  return {
    data,
    isError,
    isPending,
    refresh,
    /** Returns whether the list could be read. */
    reload: async () => !(await refetch()).isError,
    /** The row goes at once, also when the list cannot be asked for again. */
    async remove(file: ListedFile) {
      queries.setQueryData(trpc.files.list.queryKey(query), (before) => before && without(before, file));
      await refresh();
    },
  };
}

function droppedWords({ file, state }: Upload): string {
  return `${shownName(file.name)} is ${state === "failed" ? "removed from the list" : "cancelled"}`;
}

function without(list: FileList, removed: ListedFile): FileList {
  return {
    ...list,
    files: list.files.filter(({ id }) => id !== removed.id),
    total: list.total - 1,
    usedBytes: list.usedBytes - removed.sizeBytes,
  };
}

function Empty() {
  return (
    <div className={styles.empty}>
      <h2>Nothing here yet</h2>
      <p>
        <span className="needs-script">Drop files here, or choose them above. </span>
        Only you can see them.
      </p>
    </div>
  );
}

function NotListed({ stale, retry }: { stale: boolean; retry: () => void }) {
  return (
    <div className={styles.trouble} role="alert">
      <p>
        {stale
          ? "The list could not be updated. It may be out of date."
          : "Your files could not be listed. They are not lost."}
      </p>
      <button className="button button-quiet" type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

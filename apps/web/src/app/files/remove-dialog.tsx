"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTRPC } from "../../session/trpc/client.tsx";
import type { ListedFile } from "./file-list.ts";
import styles from "./files.module.css";
import { shownName } from "./shown-name.ts";

interface RemoveDialogProps {
  /** The file to be deleted; undefined while nothing is asked. */
  file: ListedFile | undefined;
  onClose: () => void;
  onRemoved: (file: ListedFile) => Promise<void>;
}

/** Asks before a file is gone for good. Keeping it is the first choice, and what Escape does. */
export function RemoveDialog({ file, onClose, onRemoved }: RemoveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const trpc = useTRPC();
  const removal = useMutation(
    // Offline it fails at once and says so, instead of waiting without a word.
    trpc.files.remove.mutationOptions({ networkMode: "always" }),
  );
  useEffect(() => {
    if (file) dialog.current?.showModal();
  }, [file]);

  const remove = (doomed: ListedFile) =>
    removal.mutate(
      { id: doomed.id },
      {
        onSuccess: async () => {
          dialog.current?.close();
          await onRemoved(doomed);
        },
      },
    );
  const close = () => {
    removal.reset();
    onClose();
  };

  return (
    <dialog className={styles.dialog} ref={dialog} onClose={close} aria-labelledby="remove-title">
      <h2 id="remove-title">
        Delete <bdi>{file && shownName(file.name)}</bdi>?
      </h2>
      <p className="soft">It cannot be restored.</p>
      {removal.isError && (
        <p className={styles.problem} role="alert">
          The file could not be deleted. Try again in a moment.
        </p>
      )}
      <div className={styles.answers}>
        <button className="button button-quiet" type="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button
          className="button button-danger"
          type="button"
          aria-disabled={removal.isPending || undefined}
          onClick={() => file && !removal.isPending && remove(file)}
        >
          {removal.isPending ? "Deleting…" : "Delete"}
        </button>
      </div>
    </dialog>
  );
}

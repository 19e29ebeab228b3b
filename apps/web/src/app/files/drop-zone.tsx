"use client";

import { type DragEvent, type ReactNode, useRef, useState } from "react";
import styles from "./files.module.css";

interface DropZoneProps {
  children: ReactNode;
  onFiles: (files: readonly File[]) => void;
}

/** Takes files that are dropped anywhere on it. */
export function DropZone({ children, onFiles }: DropZoneProps) {
  // Moving onto a child leaves the parent for a moment: only who has left as often as entered is gone.
  const entered = useRef(0);
  const [over, setOver] = useState(false);
  const leave = (by: number) => {
    entered.current = Math.max(0, entered.current - by);
    setOver(entered.current > 0);
  };
  const onDragEnter = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    entered.current += 1;
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    leave(entered.current);
    onFiles([...event.dataTransfer.files]);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the picker's button does the same.
    <div
      className={over ? `${styles.panel} ${styles.over}` : styles.panel}
      onDragEnter={onDragEnter}
      onDragLeave={() => leave(1)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      {children}
    </div>
  );
}

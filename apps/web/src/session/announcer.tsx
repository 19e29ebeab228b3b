"use client";

import { useSyncExternalStore } from "react";

interface Announcement {
  text: string;
  /** Grows with each one: the same text twice is read out twice. */
  count: number;
}

const nothing: Announcement = { text: "", count: 0 };
let current = nothing;
const listeners = new Set<() => void>();

/** Has a screen reader say what an action did, on whatever page, when the page shows it by its changed content alone. */
export function announce(text: string): void {
  current = { text, count: current.count + 1 };
  for (const listener of [...listeners]) listener();
}

/** The live region of a page. It is there from the first paint: a region that comes with its text is not announced. */
export function Announcer() {
  const { text, count } = useSyncExternalStore(subscribe, read, readOnServer);
  return (
    <div className="visually-hidden" role="status">
      {text !== "" && <p key={count}>{text}</p>}
    </div>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const read = () => current;
const readOnServer = () => nothing;

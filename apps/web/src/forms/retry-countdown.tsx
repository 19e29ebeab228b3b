"use client";

import { useElapsedSeconds } from "../ui/elapsed.ts";

/**
 * How long to wait before another try, counting down from when the answer `since` came. A screen reader hears it once,
 * and again when it is over.
 */
export function RetryCountdown({ seconds, since }: { seconds: number; since: object }) {
  const left = Math.ceil(seconds - useElapsedSeconds(since));
  const over = left <= 0;
  return (
    <>
      <p aria-hidden="true">{over ? ready : tryAgainIn(left)}</p>
      <p className="visually-hidden" role="status">
        {over ? ready : tryAgainIn(seconds)}
      </p>
    </>
  );
}

const ready = "You can try again now.";

/** Not `format/duration.ts`: every form loads this file, and the formatters of the other units would come along. */
const inSeconds = new Intl.NumberFormat("en", {
  style: "unit",
  unit: "second",
  unitDisplay: "long",
  useGrouping: false,
});

function tryAgainIn(seconds: number): string {
  return `Try again in ${inSeconds.format(seconds)}.`;
}

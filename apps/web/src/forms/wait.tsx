"use client";

import { amount } from "../format/duration.ts";
import { useElapsedSeconds } from "../ui/elapsed.ts";

/**
 * How long to wait before another try, counting down from when the answer `since` came. A screen reader hears it once,
 * and again when it is over.
 */
export function Delay({ seconds, since }: { seconds: number; since: object }) {
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

function tryAgainIn(seconds: number): string {
  return `Try again in ${amount(seconds, "second")}.`;
}

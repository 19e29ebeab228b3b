"use client";

import { isTerminal, reasonOf } from "@watchword/auth/client";
import { useEffect, useState } from "react";
import { session } from "../../trpc/session.ts";
import { renew } from "./actions.ts";

/** Longest wait between two tries, in milliseconds. */
const longestWait = 15_000;

/** Tries until it gets through; only the server's word that the session is over ends it (and leads to the login page). */
export function Reconnect({ next }: { next: string }) {
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let timer: number | undefined;
    let gone = false;
    session.refresh().then(
      () => !gone && window.location.replace(next),
      (error: unknown) => {
        if (gone || isTerminal(error) || reasonOf(error) === "refresh_token_missing") return; // on the way to log in
        timer = window.setTimeout(() => setTries(tries + 1), waitAfter(tries));
      },
    );
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [next, tries]);

  return (
    <>
      <p aria-live="polite">
        {tries === 0
          ? "This takes a moment. Nothing you did is lost."
          : "The server cannot be reached just now. You are still logged in, and we go on trying."}
      </p>
      <form action={renew}>
        <input type="hidden" name="next" value={next} />
        <button type="submit" className="button">
          Try now
        </button>
      </form>
    </>
  );
}

/** Doubles, with a random part, so that everybody who waits does not come back at the same moment. */
function waitAfter(tries: number): number {
  return Math.min(longestWait, 1_000 * 2 ** tries) * (0.5 + Math.random() / 2);
}

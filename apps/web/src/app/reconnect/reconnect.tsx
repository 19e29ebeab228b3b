"use client";

import { endedBecause, isTerminal, reasonOf } from "@watchword/auth/client";
import { useEffect, useState } from "react";
import { loginAfter } from "../../messages/session-end.ts";
import { createClient } from "../../session/trpc/create-client.ts";
import { here } from "../../session/trpc/tab-session.ts";
import { renew } from "./actions.ts";

const client = createClient();

/** Longest wait between two tries, in milliseconds. */
const longestWait = 15_000;

/** Tries until it gets through; only the server's word that the session is over ends it (and leads to the login page). */
export function Reconnect({ next }: { next: string }) {
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let timer: number | undefined;
    let gone = false;
    // Any call that needs a login: the link refreshes for it, unless another tab has done so meanwhile.
    client.auth.me.query().then(
      () => !gone && window.location.replace(here()),
      (error: unknown) => {
        if (gone) return;
        const reason = reasonOf(error);
        if (reason !== undefined && (isTerminal(error) || reason.endsWith("_token_missing"))) {
          window.location.replace(loginAfter(endedBecause(error) ?? reason, here()));
          return;
        }
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
          : "The server cannot be reached. You are still logged in. We keep trying."}
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

/** Doubles, with a random part, so that waiting clients do not come back at the same moment. */
function waitAfter(tries: number): number {
  return Math.min(longestWait, 1_000 * 2 ** tries) * (0.5 + Math.random() / 2);
}

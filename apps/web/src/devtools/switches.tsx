import { useRef, useState } from "react";
import styles from "./panel.module.css";
import type { WatchedSession } from "./panel-state.ts";
import { raceFive, throwSwitch } from "./switch-board.ts";

interface SwitchesProps {
  session: WatchedSession | null;
  onDone: () => Promise<void>;
}

/** What can go wrong with a token, one button each. */
export function Switches({ session, onDone }: SwitchesProps) {
  const [said, setSaid] = useState("");
  const latest = useRef(0);
  const run = async (work: () => Promise<boolean>, sentence: string) => {
    latest.current += 1;
    const mine = latest.current;
    const done = await work().catch(() => false);
    // Two buttons pressed one after the other may be answered the other way round: what is said is about the last.
    if (mine === latest.current) setSaid(done ? sentence : "The server did not do that.");
    await onDone();
  };
  const lives = session !== null && session.ended === null;
  return (
    <div className={styles.switches}>
      <button
        type="button"
        disabled={!lives}
        onClick={() => run(() => throwSwitch("expire_access"), "The next request finds the access token expired.")}
      >
        Expire the access token
      </button>
      <button
        type="button"
        disabled={!lives}
        aria-pressed={session?.losing ?? false}
        onClick={() =>
          run(
            () => throwSwitch("lose_next_reply"),
            session?.losing ? "Replies arrive again." : "The next refresh is carried out, and its reply is lost.",
          )
        }
      >
        Lose the next reply
      </button>
      <button
        type="button"
        disabled={!lives}
        onClick={() => run(raceFive, "Five refreshes were sent at once, without a lock.")}
      >
        Race five tabs
      </button>
      <button
        type="button"
        disabled={!lives || session.replayable < 1}
        onClick={() => run(() => throwSwitch("replay_last"), "The last used token was presented again.")}
      >
        Replay the last token
      </button>
      <button
        type="button"
        disabled={!lives || session.replayable < 2}
        onClick={() => run(() => throwSwitch("replay_older"), "A token whose successor was used was presented again.")}
      >
        Replay an older token
      </button>
      <p role="status">{said}</p>
    </div>
  );
}

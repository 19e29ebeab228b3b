import type { DevEvent, DevEventKind } from "./audit-entry.ts";
import type { WatchedSession } from "./look.ts";
import styles from "./panel.module.css";
import { clockTime, meaningOf, sourceOf, titleOf } from "./wording.ts";

/** What each happening cuts into the line: a notch for a pair that came into use, an outline for one that was shown again. */
const notches: Record<DevEventKind, string | undefined> = {
  issued: styles.cut,
  rotated: styles.cut,
  repeated: styles.outline,
  rearmed: styles.outline,
  expired: styles.faint,
  lost: styles.faint,
  logged_out: styles.faint,
  password_changed: styles.faint,
  refused: styles.warning,
  reused: styles.warning,
};

interface DevEventLogProps {
  happenings: readonly DevEvent[];
  session: WatchedSession | null;
}

/** A vertical line with notches, the youngest above. The open notch is the pair that is in use now. */
export function DevEventLog({ happenings, session }: DevEventLogProps) {
  return (
    <section className={styles.log} aria-label="What happened">
      <ol>
        <Now session={session} />
        {happenings.map((happening) => (
          <li
            key={happening.seq}
            className={notches[happening.kind]}
            data-kind={happening.kind}
            data-session={happening.session}
          >
            <p className={styles.what}>
              <strong>{titleOf(happening)}</strong>
              <span className={styles.exact}>
                <time dateTime={new Date(happening.at).toISOString()}>{clockTime(happening.at)}</time>
              </span>
            </p>
            <p className={styles.what}>
              <span>{meaningOf(happening)}</span>
              <span className={styles.exact}>
                {happening.session !== null && happening.session !== session?.name && `session ${happening.session}, `}
                {sourceOf(happening)}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Now({ session }: { session: WatchedSession | null }) {
  if (!session) {
    return (
      <li className={styles.faint}>
        <p className={styles.what}>
          <strong>Nobody is logged in</strong>
        </p>
        <p className={styles.what}>This browser holds no tokens</p>
      </li>
    );
  }
  return (
    <li className={session.ended ? styles.warning : styles.open} data-now={session.name}>
      <p className={styles.what}>
        <strong>{session.ended ? "This session has ended" : `Generation ${session.generation}`}</strong>
        <span className={styles.exact}>session {session.name}</span>
      </p>
      <p className={styles.what}>{session.ended ? "The next request will hear of it" : "Held by this browser"}</p>
    </li>
  );
}

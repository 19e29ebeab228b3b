import type { DevEvent, DevEventKind } from "./dev-event.ts";
import styles from "./panel.module.css";
import type { WatchedSession } from "./panel-state.ts";
import { clockTime, meaningOf, sourceOf, titleOf } from "./wording.ts";

/** What each event cuts into the line: a notch for a pair that came into use, an outline for one that was shown again. */
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
  events: readonly DevEvent[];
  session: WatchedSession | null;
}

/** A vertical line with notches, the youngest above. The open notch is the pair that is in use now. */
export function DevEventLog({ events, session }: DevEventLogProps) {
  return (
    <section className={styles.log} aria-label="What happened">
      <ol>
        <Now session={session} />
        {events.map((event) => (
          <li key={event.seq} className={notches[event.kind]} data-kind={event.kind} data-session={event.session}>
            <p className={styles.what}>
              <strong>{titleOf(event)}</strong>
              <span className={styles.exact}>
                <time dateTime={new Date(event.at).toISOString()}>{clockTime(event.at)}</time>
              </span>
            </p>
            <p className={styles.what}>
              <span>{meaningOf(event)}</span>
              <span className={styles.exact}>
                {event.session !== null && event.session !== session?.name && `session ${event.session}, `}
                {sourceOf(event)}
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
      <p className={styles.what}>{session.ended ? "The next request is rejected" : "Held by this browser"}</p>
    </li>
  );
}

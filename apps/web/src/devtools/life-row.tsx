import { remainingDuration } from "../format/duration.ts";
import { cutNotches } from "../format/notches.ts";
import styles from "./panel.module.css";
import type { Life } from "./panel-state.ts";

/** One token's life as a row of notches, the open one being used up now. */
export function LifeRow({ name, life }: { name: string; life: Life }) {
  const { count, eachSeconds } = cutNotches(life.whole);
  const ahead = Math.min(count, Math.ceil(life.left / eachSeconds));
  return (
    <div className={styles.life}>
      <dt>{name}</dt>
      <dd>
        <span role="timer">{life.left > 0 ? remainingDuration(life.left) : "expired"}</span>
        <span className={styles.notches} aria-hidden="true">
          {Array.from({ length: count }, (_, at) => (
            // A notch is its place in the row.
            <span key={at} className={at >= ahead ? styles.spent : at === ahead - 1 ? styles.current : undefined} />
          ))}
        </span>
      </dd>
    </div>
  );
}

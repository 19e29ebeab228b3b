import { wholeDuration } from "../format/duration.ts";
import { cutNotches } from "../format/notches.ts";
import styles from "./token-card.module.css";
import { Tablet } from "./token-card.tsx";

interface BlankPairProps {
  accessLifeSeconds: number;
  refreshLifeSeconds: number;
}

/** What stands where the two tokens would be, for somebody who is not logged in. */
export function BlankPair({ accessLifeSeconds, refreshLifeSeconds }: BlankPairProps) {
  return (
    <div className={styles.pair}>
      <h2 className={styles.caption}>Your two tokens, now</h2>
      <Tablet name="Access token" left="none" notches={cutNotches(accessLifeSeconds).count} ahead={0}>
        <p>Would say who you are on every request, for {wholeDuration(accessLifeSeconds)}.</p>
      </Tablet>
      <Tablet name="Refresh token" left="none" notches={cutNotches(refreshLifeSeconds).count} ahead={0}>
        <p>
          Would be traded for a new pair whenever the first runs out, once. A copy that came back would end the session.
        </p>
      </Tablet>
      <p className={styles.under}>
        You are not logged in, so there is nothing here to steal. <a href="/register">Create an account</a> and watch
        them run.
      </p>
    </div>
  );
}

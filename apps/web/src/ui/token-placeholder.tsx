import { wholeDuration } from "../format/duration.ts";
import { cutNotches } from "../format/notches.ts";
import styles from "./token-card.module.css";
import { TokenCard } from "./token-card.tsx";

interface TokenPlaceholderProps {
  accessLifeSeconds: number;
  refreshLifeSeconds: number;
}

/** What stands where the two tokens would be, for a visitor who is not logged in. */
export function TokenPlaceholder({ accessLifeSeconds, refreshLifeSeconds }: TokenPlaceholderProps) {
  return (
    <div className={styles.pair}>
      <h2 className={styles.caption}>Your two tokens, now</h2>
      <TokenCard name="Access token" left="none" notches={cutNotches(accessLifeSeconds).count} ahead={0}>
        <p>It would say who you are with every request, for {wholeDuration(accessLifeSeconds)}.</p>
      </TokenCard>
      <TokenCard name="Refresh token" left="none" notches={cutNotches(refreshLifeSeconds).count} ahead={0}>
        <p>It would be exchanged for a new pair, once, when the access token expires. A copy would end the session.</p>
      </TokenCard>
      <p className={styles.under}>
        You are not logged in, so there are no tokens. <a href="/register">Create an account</a> to see them.
      </p>
    </div>
  );
}

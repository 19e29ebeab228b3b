import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/timeline.module.css";
import { Timeline } from "../../ui/timeline.tsx";

interface WhatLoginDoesProps {
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  refreshIdleSeconds: number;
}

/** What really happens after the button, with the numbers that this server runs with. */
export function WhatLoginDoes({
  accessTokenTtlSeconds,
  refreshTokenTtlSeconds,
  refreshIdleSeconds,
}: WhatLoginDoesProps) {
  return (
    <>
      <h2 className={styles.caption}>What logging in does</h2>
      <Timeline
        moments={[
          {
            title: "Your password is checked",
            text: "Against a hash. It is kept nowhere, not in this page and not in a log.",
          },
          {
            title: "You get an access token",
            text: `It says who you are on every request, for ${wholeDuration(accessTokenTtlSeconds)}.`,
          },
          {
            title: "And a refresh token",
            text: `Traded for a new pair whenever the first runs out. After ${wholeDuration(refreshIdleSeconds)} without a trade the login ends, and after ${wholeDuration(refreshTokenTtlSeconds)} in any case.`,
          },
          {
            title: "A copy gives itself away",
            text: "An old refresh token that comes back after the next was used must be a copy. The session ends, and you are told.",
          },
          { title: "You log out", text: "Both are void at once, on the server too.", open: true },
        ]}
      />
    </>
  );
}

import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/steps.module.css";
import { Steps } from "../../ui/steps.tsx";

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
      <Steps
        moments={[
          {
            title: "Your password is checked",
            text: "The server compares it with a hash. It is stored nowhere, not in this page and not in a log.",
          },
          {
            title: "You get an access token",
            text: `It says who you are on every request, for ${wholeDuration(accessTokenTtlSeconds)}.`,
          },
          {
            title: "You get a refresh token",
            text: `It is exchanged for a new pair when the access token expires. The session ends after ${wholeDuration(refreshIdleSeconds)} without an exchange, and after ${wholeDuration(refreshTokenTtlSeconds)} in any case.`,
          },
          {
            title: "A stolen copy is detected",
            text: "A used refresh token that comes back after the next one was used is a copy. The session ends, and the login page says why.",
          },
          { title: "You log out", text: "Both tokens are invalid at once, on the server too.", open: true },
        ]}
      />
    </>
  );
}

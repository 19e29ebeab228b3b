import type { CurrentLogin } from "../../server/login.ts";
import { LocalTime } from "../../ui/local-time.tsx";
import { Steps } from "../../ui/steps.tsx";
import styles from "./account.module.css";

/** A session from its first day to its last. */
export function SessionSteps({ session, now }: { session: CurrentLogin["session"]; now: string }) {
  const { createdAt, lastSeenAt, expiresAt, rotations } = session;
  return (
    <div className={styles.timeline}>
      <Steps
        moments={[
          { title: <LocalTime at={createdAt} now={now} />, text: "You logged in on this device." },
          ...(rotations > 0
            ? [
                {
                  title: <LocalTime at={lastSeenAt} now={now} />,
                  text: `A refresh token was exchanged for a new pair, ${times(rotations)} so far.`,
                },
              ]
            : []),
          {
            title: <LocalTime at={expiresAt} now={now} />,
            text: "The session ends in any case. Log in again then.",
            open: true,
          },
        ]}
      />
    </div>
  );
}

function times(count: number): string {
  return ["never", "once", "twice"][count] ?? `${count} times`;
}

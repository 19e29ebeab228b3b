import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/timeline.module.css";
import { Timeline } from "../../ui/timeline.tsx";

const wholeNumber = new Intl.NumberFormat("en");

interface WhatIsKeptProps {
  refreshTokenTtlSeconds: number;
  refreshIdleSeconds: number;
  bcryptCost: number;
}

/** What an account is, on this server. */
export function WhatIsKept({ refreshTokenTtlSeconds, refreshIdleSeconds, bcryptCost }: WhatIsKeptProps) {
  return (
    <>
      <h2 className={styles.caption}>What is kept</h2>
      <Timeline
        moments={[
          { title: "Your name, as you write it", text: "Shown to you, and put into your access token." },
          {
            title: "Your email and username",
            text: "You log in with either. Ada, ada and ADA are the same, so nobody else can be almost you.",
          },
          {
            title: "Not your password",
            text: `A bcrypt hash of it, ${wholeNumber.format(2 ** bcryptCost)} rounds deep. Passwords that stand on every list are refused.`,
          },
          {
            title: "One session, on this device",
            text: `You are logged in right away and stay so for ${wholeDuration(refreshTokenTtlSeconds)}, if you come by every ${wholeDuration(refreshIdleSeconds)}.`,
            open: true,
          },
        ]}
      />
    </>
  );
}

import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/steps.module.css";
import { Steps } from "../../ui/steps.tsx";

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
      <h2 className={styles.caption}>What is stored</h2>
      <Steps
        moments={[
          { title: "Your name, as you write it", text: "It is shown to you and is part of your access token." },
          {
            title: "Your email and username",
            text: "You log in with either. Ada, ada and ADA are the same name.",
          },
          {
            title: "Not your password",
            text: `Only a bcrypt hash of it, with ${wholeNumber.format(2 ** bcryptCost)} rounds. Common passwords are rejected.`,
          },
          {
            title: "One session, on this device",
            text: `You are logged in at once, for ${wholeDuration(refreshTokenTtlSeconds)}, if you visit at least every ${wholeDuration(refreshIdleSeconds)}.`,
            open: true,
          },
        ]}
      />
    </>
  );
}

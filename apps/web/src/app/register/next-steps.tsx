import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/timeline.module.css";
import { Timeline } from "../../ui/timeline.tsx";

/** How an account begins by mail. */
export function WhatFollows({ verifyLinkSeconds }: { verifyLinkSeconds: number }) {
  return (
    <>
      <h2 className={styles.caption}>What happens then</h2>
      <Timeline
        moments={[
          {
            title: "You read the same here in any case",
            text: "Whether an address has an account is nobody’s business but its owner’s.",
          },
          {
            title: "A link arrives",
            text: `It works once, within ${wholeDuration(verifyLinkSeconds)}. A newer one takes its place.`,
          },
          {
            title: "You choose a name and a password",
            text: "Until then there is no account, and nothing is kept but the address.",
          },
          { title: "You are logged in", text: "On the device on which you followed the link.", open: true },
        ]}
      />
    </>
  );
}

import { wholeDuration } from "../../format/duration.ts";
import styles from "../../ui/steps.module.css";
import { Steps } from "../../ui/steps.tsx";

/** How an account begins by mail. */
export function NextSteps({ verifyLinkSeconds }: { verifyLinkSeconds: number }) {
  return (
    <>
      <h2 className={styles.caption}>What happens then</h2>
      <Steps
        moments={[
          {
            title: "This page says the same for every address",
            text: "So it does not reveal whether an address has an account.",
          },
          {
            title: "A link arrives",
            text: `It works once, within ${wholeDuration(verifyLinkSeconds)}. A newer link replaces it.`,
          },
          {
            title: "You choose a name and a password",
            text: "Until then there is no account, and only the address is stored.",
          },
          { title: "You are logged in", text: "On the device on which you opened the link.", open: true },
        ]}
      />
    </>
  );
}

import styles from "../../../ui/steps.module.css";
import { Steps } from "../../../ui/steps.tsx";

/** Where the login stands: between its two halves. */
export function WhatTheCodeDoes() {
  return (
    <>
      <h2 className={styles.caption}>What the code does</h2>
      <Steps
        moments={[
          {
            title: "Your password was right",
            text: "For this account that is half of a login. You have no session and no token yet.",
          },
          {
            title: "You enter a code",
            text: "A stolen password alone opens nothing. After five wrong codes you begin again with the password.",
            open: true,
          },
          {
            title: "You are logged in",
            text: "You get your tokens, and your account shows how you logged in.",
            open: true,
          },
        ]}
      />
    </>
  );
}

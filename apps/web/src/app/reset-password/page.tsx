import type { Metadata } from "next";
import { getServer } from "../../server/server.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { DeadLink } from "../../ui/dead-link.tsx";
import { Columns } from "../../ui/layout.tsx";
import stepsStyles from "../../ui/steps.module.css";
import { Steps } from "../../ui/steps.tsx";
import { Page } from "../_shared/page.tsx";
import type { SearchParams } from "../login/search-params.ts";
import { ResetForm } from "./reset-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

/**
 * For a forgotten password, and for the first one of an invited user. Looks at the link and consumes nothing: mail scanners follow links before people do. The
 * form's POST does.
 */
export default async function ResetPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  const { link } = await searchParams;
  const { auth, env } = getServer();
  const secret = typeof link === "string" ? link : "";
  const invited = await auth.findLinkOwner({ link: secret, kind: "invitation" });
  const user = invited ?? (await auth.findLinkOwner({ link: secret, kind: "reset_password" }));
  return (
    <Page>
      <BackForwardGuard />
      {user ? (
        <Columns aside={invited ? <WhatItBegins /> : <WhatItEnds />}>
          <ResetForm
            link={secret}
            username={user.username}
            passwordMinLength={env.passwordMinLength}
            isFirst={invited !== undefined}
          />
        </Columns>
      ) : (
        <DeadLink again={{ href: "/forgot-password", label: "Ask for a new link" }} />
      )}
    </Page>
  );
}

function WhatItEnds() {
  return (
    <>
      <h2 className={stepsStyles.caption}>What setting it does</h2>
      <Steps
        moments={[
          { title: "The link stops working", text: "So do all other links that were sent to you." },
          { title: "The new password is hashed", text: "The old hash is deleted." },
          { title: "Every session ends", text: "Every device is logged out." },
          { title: "You log in", text: "With the new password.", open: true },
        ]}
      />
    </>
  );
}

function WhatItBegins() {
  return (
    <>
      <h2 className={stepsStyles.caption}>What choosing it does</h2>
      <Steps
        moments={[
          { title: "The link stops working", text: "It works once." },
          { title: "The password is hashed", text: "The hash is stored, the password is not." },
          { title: "Your email address is confirmed", text: "The link was sent to it." },
          { title: "You log in", text: "With your username or email address, and the password.", open: true },
        ]}
      />
    </>
  );
}

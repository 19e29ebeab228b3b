import type { Metadata } from "next";
import { getServer } from "../../server/server.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { DeadLink } from "../../ui/dead-link.tsx";
import { Alone } from "../../ui/layout.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { Page } from "../_shared/page.tsx";
import type { SearchParams } from "../login/search-params.ts";
import { VerifyForm } from "./verify-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Looks at the link and consumes nothing: mail scanners follow links before people do. The button's POST does. */
export default async function VerifyEmailPage({ searchParams }: { searchParams: SearchParams }) {
  const { link, done } = await searchParams;
  return (
    <Page>
      <BackForwardGuard />
      {typeof done === "string" ? <Done changed={done === "changed"} /> : await question(link)}
    </Page>
  );
}

async function question(link: string | string[] | undefined) {
  const { auth } = getServer();
  const secret = typeof link === "string" ? link : "";
  const verify = await auth.findLinkOwner({ link: secret, kind: "verify_email" });
  if (verify) {
    const text = (
      <>
        It is the address of the account “<bdi>{verify.username}</bdi>”.
      </>
    );
    return (
      <Alone>
        <VerifyForm link={secret} title="Confirm your email address" text={text} label="Confirm this address" />
      </Alone>
    );
  }
  const change = await auth.findLinkOwner({ link: secret, kind: "change_email" });
  if (change) {
    const text = (
      <>
        It becomes the address of the account “<bdi>{change.username}</bdi>” and replaces the old one.
      </>
    );
    return (
      <Alone>
        <VerifyForm link={secret} title="Use your new email address" text={text} label="Use this address" />
      </Alone>
    );
  }
  return <DeadLink again={{ href: "/account", label: "Go to your account" }} />;
}

function Done({ changed }: { changed: boolean }) {
  const next = changed
    ? "We sent an email to the old address. It can no longer be used to log in."
    : "There is nothing else to do.";
  const title = changed ? "Your new email address is in use" : "Your email address is confirmed";
  return (
    <Alone>
      <PageTitle>{title}</PageTitle>
      <h1>{title}</h1>
      <p>{next}</p>
      <p>
        <a className="button" href="/account">
          Go to your account
        </a>
      </p>
    </Alone>
  );
}

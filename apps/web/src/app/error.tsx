"use client";

import { PageTitle } from "../ui/page-title.tsx";
import { ErrorContent } from "./error-page.tsx";

/** A page that could not be shown. What went wrong is in the server's log; it does not belong in front of people. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <main id="main">
      <PageTitle error>This page could not be shown</PageTitle>
      <ErrorContent retry={retry} />
    </main>
  );
}

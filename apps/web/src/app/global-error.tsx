"use client";

import { PageTitle } from "../ui/page-title.tsx";
import { ErrorContent } from "./error-page.tsx";

import "./globals.css";

/** The last resort: the frame of all pages failed too, so this one brings its own. */
export default function GlobalError({ retry }: { retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <PageTitle error>This page could not be shown</PageTitle>
        <main id="main">
          <ErrorContent retry={retry} />
        </main>
      </body>
    </html>
  );
}

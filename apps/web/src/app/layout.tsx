import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { DevtoolsPanel } from "#devtools/panel";
import { asTheme, themeCookie } from "../format/theme.ts";
import { appCookie } from "../http/app-cookies.ts";
import { noteBegun } from "../server/page-source.ts";

import "./globals.css";

/**
 * No title here: each page renders its own `PageTitle`. And no referrer for any other site, but one for ours: with
 * "no-referrer" a browser posts a form with `Origin: null`, and a form posted without JavaScript could not be told from
 * one of another site.
 */
export const metadata: Metadata = {
  description: "The login for tRPC applications: short-lived access tokens, rotating refresh tokens, no lost sessions.",
  referrer: "same-origin",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf7" },
    { media: "(prefers-color-scheme: dark)", color: "#14161a" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  noteBegun();
  const jar = await cookies();
  const theme = asTheme(jar.get(appCookie(themeCookie))?.value);
  return (
    <html lang="en" className={GeistSans.variable} data-theme={theme}>
      <body>
        {children}
        <DevtoolsPanel />
      </body>
    </html>
  );
}

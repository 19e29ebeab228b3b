"use server";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { asTheme, themeCookie, themeMaxAge } from "../../format/theme.ts";
import { appCookie } from "../../http/app-cookies.ts";
import { safeReturnTo } from "../../server/return-to.ts";

/** Keeps the chosen colours, for a browser without JavaScript, and shows the same page in them. */
export async function chooseTheme(form: FormData): Promise<void> {
  const theme = asTheme(form.get("theme"));
  (await cookies()).set(appCookie(themeCookie), theme ?? "", {
    path: "/",
    sameSite: "lax",
    httpOnly: false, // the same choice is made by script where there is one
    maxAge: theme ? themeMaxAge : 0,
  });
  redirect(await cameFrom());
}

async function cameFrom(): Promise<string> {
  const referrer = (await headers()).get("referer");
  if (!referrer || !URL.canParse(referrer)) return "/";
  const { pathname, search } = new URL(referrer);
  // The pages one logs in by are rejected as a way back from a login, and are one from here.
  return ["/login", "/login/second-factor", "/register", "/forgot-password"].includes(pathname)
    ? pathname + search
    : safeReturnTo(pathname + search, "/");
}

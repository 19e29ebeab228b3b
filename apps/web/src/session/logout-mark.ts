import { cookieEnding } from "@watchword/auth/client/hint";
import { logoutMark } from "../messages/session-end.ts";

export function isLogoutMarked(): boolean {
  return document.cookie.split("; ").includes(`${logoutMark}${cookieEnding("/")}=1`);
}

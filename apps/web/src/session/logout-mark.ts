import { cookieSuffix } from "@watchword/auth/client/hint";
import { logoutMark } from "../messages/session-end.ts";

export function isLogoutMarked(): boolean {
  return document.cookie.split("; ").includes(`${logoutMark}${cookieSuffix("/")}=1`);
}

import "server-only";
import { themeCookie } from "../format/theme.ts";
import { logoutMark } from "../messages/session-end.ts";
import { getServer, type Server } from "../server/server.ts";
import type { OwnCookies } from "./own-cookies.ts";

/** The cookies beside those of the login. Their names end as those do. */
const words = [themeCookie, logoutMark] as const;

/** The name under which browsers have it. */
export function appCookie(word: (typeof words)[number]): string {
  return word + getServer().tokenCookies.ending;
}

export function ownCookies({ tokenCookies }: Pick<Server, "tokenCookies">): OwnCookies {
  return { login: tokenCookies.names, words: new Set(words.map((word) => word + tokenCookies.ending)) };
}

import { createRefreshProxy } from "@watchword/auth/next";
import { endedHeader } from "../messages/session-end.ts";
import { logError } from "../server/log.ts";
import { proxyTrust } from "../server/proxy-trust.ts";
import type { Server } from "../server/server.ts";

/** What refreshes before a page renders. Made here and not in `proxy.ts`, of which Next has a copy of its own with all that it imports. */
export function createPageRefresh({
  auth,
  tokenCookies,
  env,
  source,
}: Pick<Server, "auth" | "tokenCookies" | "env" | "source">): Server["refreshFor"] {
  const options = {
    auth,
    tokenCookies,
    endedHeader,
    ...proxyTrust(env),
    clientAddress: () => source.getStore()?.clientAddress,
    onError: (error: unknown) => logError("proxy", error),
  };
  return {
    page: createRefreshProxy(options),
    // What a script is answered with 401 where there is no login. A browser is led to a page, which clears the cookies.
    download: createRefreshProxy({ ...options, keepDeadCookies: true }),
  };
}

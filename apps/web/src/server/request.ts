import "server-only";
import { type AuthContext, type CookieSink, createAuthContext } from "@watchword/auth/trpc";
import { cookies, headers } from "next/headers";
import { guardDemo } from "./demo-guard.ts";
import { cameByProxy } from "./forwarding.ts";
import { proxyTrust } from "./proxy-trust.ts";
import { getServer } from "./server.ts";

/** The headers of the request that is being answered, with the cookies as the proxy may just have renewed them. */
export async function requestHeaders(): Promise<Headers> {
  return new Headers(await headers());
}

/** The context that a procedure gets, for calls from a page or an action instead of over HTTP. */
export async function requestContext(request: Headers): Promise<AuthContext> {
  const { tokenCookies, env, source } = getServer();
  const auth = guardDemo(getServer().auth, env, () => cameByProxy(request));
  const cookies = await nextCookies();
  return createAuthContext({ auth, tokenCookies, request, cookies, ...proxyTrust(env), ...source.getStore() });
}

async function nextCookies(): Promise<CookieSink> {
  const jar = await cookies();
  return { set: (name, value, attributes) => void jar.set(name, value, attributes) };
}

import { describe, expect, it } from "vitest";
import { createRefreshProxy } from "../../next/refresh-proxy.ts";
import { headersSink } from "../../trpc/token-cookies.ts";
import { type CheckProxyOptions, checkProxy, type ProxyParts } from "./check-proxy.ts";

type Middleware = (request: Request) => Response;

/** `NextResponse.next({ request: { headers } })`, in the form that it has on its way from a proxy to Next. */
function goOn(headers: Headers): Response {
  const response = new Response(null, { headers: { "x-middleware-next": "1" } });
  response.headers.set("x-middleware-override-headers", [...headers.keys()].join(","));
  for (const [name, value] of headers) response.headers.set(`x-middleware-request-${name}`, value);
  return response;
}

/** Somebody's middleware for languages: a cookie of its own, another page behind the same address. */
const languages: Middleware = ({ headers }) => {
  const response = goOn(headers);
  response.headers.set("x-middleware-rewrite", "https://app.test/de");
  response.headers.append("set-cookie", "NEXT_LOCALE=de; Path=/; SameSite=lax");
  return response;
};

const withHeaders = (request: Request, headers: Headers) => new Request(request, { headers });
const proxyOf = ({ auth, tokenCookies }: ProxyParts) => createRefreshProxy({ auth, tokenCookies });

describe("checkProxy() finds nothing wrong", () => {
  it("with the proxy alone", async () => {
    await checkProxy({ compose: (parts) => (request) => proxyOf(parts)(request, goOn) });
  });

  it("with another middleware after it, whose cookie and rewrite stay", async () => {
    const compose: CheckProxyOptions["compose"] = (parts) => (request) =>
      proxyOf(parts)(request, (headers) => languages(withHeaders(request, headers)));
    await checkProxy({ compose, config: { matcher: [{ source: "/", missing: [{ key: "next-router-prefetch" }] }] } });
  });

  it("with a middleware that sends the browser to another address", async () => {
    const elsewhere = () => new Response(null, { status: 307, headers: { location: "/de" } });
    await checkProxy({ compose: (parts) => (request) => proxyOf(parts)(request, elsewhere) });
  });
});

const broken: [string, CheckProxyOptions["compose"], string][] = [
  ["there is no refreshing in it", () => (request) => languages(request), "makes 0 rotations"],
  [
    "the next step is given the old headers",
    (parts) => (request) => proxyOf(parts)(request, () => languages(request)),
    "the page does not see the new access token",
  ],
  [
    "the next step does not say what the page is to see",
    (parts) => (request) =>
      proxyOf(parts)(request, () => new Response(null, { headers: { "x-middleware-next": "1" } })),
    "the page does not see the new access token",
  ],
  [
    "it answers with the other middleware's response",
    (parts) => async (request) => {
      let response: Response | undefined;
      await proxyOf(parts)(request, (headers) => {
        response = languages(withHeaders(request, headers));
        return new Response();
      });
      return response ?? new Response();
    },
    "the browser is not sent the new __Host-watchword.refresh",
  ],
  [
    "it answers with its own response, and the other's cookie is lost",
    (parts) => async (request) => {
      const token = parts.tokenCookies.refreshCookie(request.headers);
      return token ? proxyOf(parts)(request, goOn) : languages(request);
    },
    "the cookie NEXT_LOCALE of another step is lost",
  ],
  [
    "the rewrite of another step is lost",
    (parts) => async (request) => {
      if (!parts.tokenCookies.refreshCookie(request.headers)) return languages(request);
      const response = await proxyOf(parts)(request, goOn);
      response.headers.append("set-cookie", "NEXT_LOCALE=de; Path=/");
      return response;
    },
    "the header x-middleware-rewrite of another step is lost",
  ],
  [
    "cookies are copied by a plain object, which keeps the last of them",
    (parts) => async (request) => {
      const { headers } = await proxyOf(parts)(request, goOn);
      return new Response(null, { headers: Object.fromEntries(headers) });
    },
    "the browser is not sent the new __Host-watchword.access",
  ],
  [
    "cookies are copied without their attributes",
    (parts) => async (request) => {
      const response = await proxyOf(parts)(request, goOn);
      const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");
      response.headers.delete("set-cookie");
      for (const cookie of cookies) response.headers.append("set-cookie", cookie);
      return response;
    },
    "scripts can read __Host-watchword.refresh",
  ],
  [
    "the page is given the session's cookies and no others",
    (parts) => (request) =>
      proxyOf(parts)(request, (headers) => {
        const cookies = (headers.get("cookie") ?? "").split("; ").filter((cookie) => cookie.includes("watchword"));
        return goOn(new Headers({ cookie: cookies.join("; ") }));
      }),
    "the page no longer sees the browser's cookie elsewhere",
  ],
  [
    "it refreshes for each page, whether it is due or not",
    (parts) => always(parts),
    "an access token that is still good makes a rotation",
  ],
  ["it refreshes for what is fetched ahead", (parts) => always(parts), "a page fetched ahead makes a rotation"],
  [
    "it refreshes twice, before and after the other middleware",
    (parts) => async (request) => {
      const { headers } = await proxyOf(parts)(request, goOn);
      const [, token = ""] = /watchword\.refresh=([^;]+)/.exec(headers.getSetCookie().join()) ?? [];
      if (token) await parts.auth.refresh({ refreshToken: token, delivery: "cookie" });
      return goOn(headers);
    },
    "makes 2 rotations, and not one",
  ],
  [
    "it takes a busy server for the end of the session",
    (parts) => async (request) => {
      const proxy = proxyOf({ ...parts, auth: { ...parts.auth, refresh: refreshOrEnd(parts) } });
      return proxy(request, goOn);
    },
    "a server that is busy changes the session's cookies",
  ],
  [
    "a fault of the store costs the page",
    (parts) => async (request) => {
      const errors: unknown[] = [];
      const refresh = createRefreshProxy({ ...parts, onError: (error) => errors.push(error) });
      const response = await refresh(request, goOn);
      if (errors.length > 0) throw errors[0];
      return response;
    },
    "when the store breaks down, it throws",
  ],
  [
    "it leaves the cookies of a session that is over",
    (parts) => async (request) => {
      const token = parts.tokenCookies.refreshCookie(request.headers) ?? "";
      const alive = await parts.auth.verify(parts.tokenCookies.accessToken(request.headers) ?? "").then(
        () => true,
        (error: { reason: string }) => error.reason === "access_token_expired",
      );
      return alive || !token ? proxyOf(parts)(request, goOn) : goOn(request.headers);
    },
    "a session that is over leaves __Host-watchword.refresh in the browser",
  ],
];

describe("checkProxy() finds out", () => {
  it.each(broken)("when %s", async (_, compose, problem) => {
    await expect(checkProxy({ compose })).rejects.toThrow(problem);
  });

  it("when the matcher lets in what Next fetches ahead", async () => {
    const compose: CheckProxyOptions["compose"] = (parts) => (request) => proxyOf(parts)(request, goOn);
    for (const matcher of ["/:path*", [{ source: "/", missing: [{ type: "header", key: "purpose" }] }], undefined]) {
      await expect(checkProxy({ compose, config: { matcher } })).rejects.toThrow("next-router-prefetch");
    }
  });
});

/** A proxy by hand that asks for a new pair whenever there is a refresh token. */
function always({ auth, tokenCookies }: ProxyParts) {
  return async ({ headers }: Request) => {
    const refreshToken = tokenCookies.refreshCookie(headers);
    const response = goOn(headers);
    if (!refreshToken) return response;
    tokenCookies.setCookies(
      headersSink(response.headers),
      headers,
      await auth.refresh({ refreshToken, delivery: "cookie" }),
    );
    return response;
  };
}

/** Whatever goes wrong is told as the end, as many do it. */
function refreshOrEnd({ auth }: ProxyParts): ProxyParts["auth"]["refresh"] {
  return async (request) => {
    try {
      return await auth.refresh(request);
    } catch {
      return auth.refresh({ ...request, refreshToken: "none" });
    }
  };
}

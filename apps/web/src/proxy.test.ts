import { createTestAuth, fromBrowser, registerAda, testIssuer } from "@watchword/auth/testing";
import { checkProxy } from "@watchword/auth/testing/proxy";
import { createTokenCookies, headersSink } from "@watchword/auth/trpc";
import { NextRequest } from "next/server";
import { afterEach, expect, it } from "vitest";
import { createPageRefresh } from "./boot/page-refresh.ts";
import { config, proxy } from "./proxy.ts";
import type { Server } from "./server/server.ts";

const shared = globalThis as { watchwordServer?: object };

afterEach(() => {
  delete shared.watchwordServer;
});

interface Parts {
  auth: unknown;
  tokenCookies: unknown;
  env: object;
}

/** What the proxy needs of a server. */
function serve(parts: Parts): void {
  const server = { ...parts, source: { getStore: () => undefined } } as unknown as Server;
  shared.watchwordServer = { ...server, refreshFor: createPageRefresh(server) };
}

it("the app's proxy makes one rotation, for the page and the browser alike, and leaves alone what it should", async () => {
  await expect(
    checkProxy({
      config,
      compose(parts) {
        serve({ ...parts, env: { trustedProxyHops: 0, appUrl: "https://app.test" } });
        return (request) => proxy(new NextRequest(request));
      },
    }),
  ).resolves.toBeUndefined();
});

it.each([
  ["/api/files/0199d4f0-0000-7000-8000-000000000001", 0],
  ["/account/export", 0],
  ["/account", 4],
])(
  "the app's proxy clears dead cookies with a page, and not with a download that may be a 401: %s",
  async (path, cleared) => {
    const { auth } = createTestAuth();
    const tokenCookies = createTokenCookies({ appUrl: testIssuer });
    const issued = await registerAda(auth, fromBrowser);
    const given = new Headers();
    tokenCookies.setCookies(headersSink(given), given, issued);
    await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
    serve({ auth, tokenCookies, env: { trustedProxyHops: 0, appUrl: testIssuer } });
    const cookie = given.getSetCookie().map((one) => one.split(";", 1)[0]);
    const answer = await proxy(new NextRequest(`${testIssuer}${path}`, { headers: { cookie: cookie.join("; ") } }));
    expect(answer.headers.getSetCookie().filter((one) => one.includes("Max-Age=0"))).toHaveLength(cleared);
  },
);

import { checkProxy } from "@watchword/auth/testing/proxy";
import { NextRequest } from "next/server";
import { afterEach, expect, it } from "vitest";
import { config, proxy } from "./proxy.ts";

const shared = globalThis as { watchwordServer?: object };

afterEach(() => {
  delete shared.watchwordServer;
});

it("the app's proxy makes one rotation, for the page and the browser alike, and leaves alone what it should", async () => {
  await expect(
    checkProxy({
      config,
      compose(parts) {
        shared.watchwordServer = {
          ...parts,
          env: { trustedProxyHops: 0, appUrl: "https://app.test" },
          source: { getStore: () => undefined },
        };
        return (request) => proxy(new NextRequest(request));
      },
    }),
  ).resolves.toBeUndefined();
});

import { describe, expect, it } from "vitest";
import { startClient } from "../../test/test-client.ts";
import { createBodySession } from "./body-session.ts";
import { createMemoryTokenStore, type StoredTokens, type TokenStore } from "./token-store.ts";

describe("programs that share a store without any lock", () => {
  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    "never spend a young pair: another program renews the login just before look %d at the store (A2)",
    async (read) => {
      const memory = createMemoryTokenStore();
      let looks = Number.NEGATIVE_INFINITY;
      const store: TokenStore = {
        ...memory,
        async read() {
          looks += 1;
          if (looks === read) await renewElsewhere();
          return memory.read();
        },
      };
      const { client, app, first, expire } = await startClient({ tokens: store });
      async function renewElsewhere(): Promise<void> {
        if ((await memory.read())?.refreshToken !== first.refreshToken) return;
        await memory.write(await app.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }));
      }
      expire();
      looks = 0;
      expect(await client.app.mine.query()).toBe("ada");
      const refreshes = app.events.filter((event) => event.type === "session_refreshed");
      expect(refreshes.filter(({ how }) => how === "rotated")).toHaveLength(1);
    },
  );

  it("all get on with what one of them keeps in memory", async () => {
    const store = createMemoryTokenStore();
    const { app, wire, session, expire } = await startClient({ tokens: store });
    const others = [0, 1, 2].map(() => createBodySession({ url: app.url, fetch: wire.fetch, store }));
    expire();
    await Promise.all([session, ...others].map((one) => one.refresh()));
    const { accessToken } = (await store.read()) as StoredTokens;
    expect(await app.auth.verify(accessToken)).toMatchObject({ user: { username: "ada" } });
    for (const one of others) expect(await one.current()).toBe(accessToken);
  });
});

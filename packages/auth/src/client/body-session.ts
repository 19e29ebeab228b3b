import { TRPCClientError } from "@trpc/client";
import type { ClientSession, ClientSessionOptions } from "./client-session.ts";
import { createSession } from "./session.ts";
import { isSameSubject, isSuperseded, type TokenStore } from "./token-store.ts";

/** The session of a client without cookies, such as a terminal or a phone. */
export type BodySession = ClientSession;

export function createBodySession(options: ClientSessionOptions & { store: TokenStore }): BodySession {
  const { store } = options;
  // In memory, because it is too old after minutes. What the app keeps of its login's (`StoredTokens`) serves the next program.
  let stepUp: string | undefined;

  const { session } = createSession(options, {
    lock: store.exclusively?.bind(store),
    inCookies: false,
    isSameUser: isSameSubject,
    pair: async () => (await store.read())?.accessToken ?? "",
    pairOf: ({ accessToken = "" }) => accessToken,

    async headers() {
      const tokens = await store.read();
      if (!tokens) return {};
      const { accessToken } = tokens;
      const stepUpToken = stepUp ?? tokens.stepUpToken;
      return { authorization: `Bearer ${accessToken}`, ...(stepUpToken && { "x-step-up": stepUpToken }) };
    },

    async proof(pair) {
      const tokens = await store.read();
      if (!tokens) throw new TRPCClientError("This needs a login");
      return tokens.accessToken === pair ? { refreshToken: tokens.refreshToken } : undefined;
    },

    async keep({ accessToken, refreshToken }, shown) {
      if (!accessToken || !refreshToken) throw new TRPCClientError("Not from Watchword");
      // A reply that comes after a logout brings nothing back, and an older pair never replaces a younger one.
      const now = await store.read();
      if (!now) return;
      const next = { ...now, accessToken, refreshToken };
      if (now.refreshToken === shown.refreshToken || !isSuperseded(next, now)) await store.write(next);
    },

    async drop(pair, refreshToken) {
      const now = await store.read();
      if (now && (refreshToken === undefined ? now.accessToken === pair : now.refreshToken === refreshToken)) {
        await store.clear();
      }
    },

    sweep: async () => undefined, // a reply that comes late is not written
  });
  return {
    ...session,
    hear(answer) {
      stepUp = answer.stepUpToken ?? stepUp;
    },
  };
}

import { type ClientSession, type ClientSessionOptions, createClientSession } from "./client-session.ts";
import { foreignResponseError } from "./errors.ts";
import { isSameSubject, isSuperseded, type TokenStorage, type TokenStore } from "./token-store.ts";

/** The session of a client without cookies, such as a terminal or a phone. */
export type BodySession = ClientSession;

export function createBodySession({ store, ...options }: ClientSessionOptions & { store: TokenStore }): BodySession {
  return createClientSession(options, storageIn(store)).session;
}

function storageIn(store: TokenStore): TokenStorage {
  // In memory, because it is too old after minutes. What the app keeps of its login's (`StoredTokens`) serves the next program.
  let stepUp: string | undefined;
  return {
    lock: store.exclusively?.bind(store),
    inCookies: false,
    isSameUser: isSameSubject,
    tokenIdOf: ({ accessToken = "" }) => accessToken,

    async headers() {
      const tokens = await store.read();
      if (!tokens) return {};
      const { accessToken } = tokens;
      const stepUpToken = stepUp ?? tokens.stepUpToken;
      return { authorization: `Bearer ${accessToken}`, ...(stepUpToken && { "x-step-up": stepUpToken }) };
    },

    async read() {
      const tokens = await store.read();
      return tokens ? { tokenId: tokens.accessToken, refreshToken: tokens.refreshToken } : { tokenId: "" };
    },

    async save({ accessToken, refreshToken }, used) {
      if (!accessToken || !refreshToken) throw foreignResponseError();
      // A reply that comes after a logout brings nothing back, and older tokens never replace younger ones.
      const now = await store.read();
      if (!now) return;
      const next = { ...now, accessToken, refreshToken };
      if (now.refreshToken === used.refreshToken || !isSuperseded(next, now)) await store.write(next);
    },

    async remove(tokenId, refreshToken) {
      const now = await store.read();
      if (now && (refreshToken === undefined ? now.accessToken === tokenId : now.refreshToken === refreshToken)) {
        await store.clear();
      }
    },

    keepStepUp(output) {
      stepUp = output.stepUpToken ?? stepUp;
    },

    clearStaleCookies: async () => undefined, // a reply that comes late is not saved
  };
}

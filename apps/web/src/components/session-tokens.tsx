import { getServer } from "../server/server.ts";
import { TokenPair } from "./token-pair.tsx";

/** The two tokens of whoever is logged in, with the life times that this server gives them. */
export function SessionTokens({ page }: { page: string }) {
  const { env } = getServer();
  return (
    <TokenPair
      accessLifeSeconds={env.accessTokenTtlSeconds}
      refreshLifeSeconds={Math.min(env.refreshIdleSeconds, env.refreshTokenTtlSeconds)}
      page={page}
    />
  );
}

import type { CurrentLogin } from "../../server/login.ts";
import { getServer } from "../../server/server.ts";
import { TokenPair } from "./token-pair.tsx";

/** The two tokens of whoever is logged in, with the life times that this server gives them. */
export function SessionTokens({ login, page }: { login: CurrentLogin; page: string }) {
  const { env } = getServer();
  const { expiresIn, refreshExpiresIn, session } = login;
  return (
    <TokenPair
      first={{ expiresIn, refreshExpiresIn, rotations: session.rotations }}
      accessLifeSeconds={env.accessTokenTtlSeconds}
      refreshLifeSeconds={Math.min(env.refreshIdleSeconds, env.refreshTokenTtlSeconds)}
      page={page}
    />
  );
}

import type { CurrentLogin } from "../server/login.ts";
import { getServer } from "../server/server.ts";
import { TokenPair } from "./token-pair.tsx";

/** The two tokens of a login, with the life times that this server gives them. */
export function SessionTokens({ login, page }: { login: CurrentLogin; page: string }) {
  const { env } = getServer();
  return (
    <TokenPair
      access={{ leftSeconds: login.expiresIn, lifeSeconds: env.accessTokenTtlSeconds }}
      refresh={{
        leftSeconds: login.refreshExpiresIn,
        lifeSeconds: Math.min(env.refreshIdleSeconds, env.refreshTokenTtlSeconds),
      }}
      rotations={login.session.rotations}
      page={page}
    />
  );
}

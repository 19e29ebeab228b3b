import type { CurrentLogin } from "../../server/login.ts";
import { getServer } from "../../server/server.ts";
import { LiveTokenCards } from "./live-token-cards.tsx";

/** The two tokens of the logged-in user, with the lifetimes that this server gives them. */
export function SessionTokens({ login, page }: { login: CurrentLogin; page: string }) {
  const { env } = getServer();
  const { expiresIn, refreshExpiresIn, session } = login;
  return (
    <LiveTokenCards
      first={{ expiresIn, refreshExpiresIn, rotations: session.rotations }}
      accessLifeSeconds={env.accessTokenTtlSeconds}
      refreshLifeSeconds={Math.min(env.refreshIdleSeconds, env.refreshTokenTtlSeconds)}
      page={page}
    />
  );
}

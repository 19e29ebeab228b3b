import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Auth, AuthError, type IssuedTokens, type Principal } from "@watchword/auth/core";
import type { Env } from "../env/env.ts";

/** The name of the account whose password a start prints, and where that password is kept. */
const demoUsername = "demo";
const demoFile = "demo-account.json";

const sentence = "The demo account works on this machine only, not through a proxy or a tunnel";

/**
 * The rules, but for one account: the demo administrator, whose password stands in the terminal and in its scrollback, is rejected to
 * forwarded requests. A tunnel to one's own machine must not give it to the world.
 *
 * @param isForwarded asked at each call, of the request that is being answered
 */
export function guardDemo(auth: Auth, env: Pick<Env, "local" | "dataFolder">, isForwarded: () => boolean): Auth {
  if (!env.local) return auth;
  const isRejected = ({ user }: { user: { username: string } }) =>
    user.username === demoUsername && isForwarded() && existsSync(join(env.dataFolder, demoFile));
  async function endRejected(issued: IssuedTokens): Promise<void> {
    if (!isRejected(issued)) return;
    await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
    throw new AuthError("forbidden", { message: sentence });
  }
  return {
    ...auth,
    async login(input) {
      const result = await auth.login(input);
      if (result.status === "complete") await endRejected(result);
      return result;
    },
    async completeLogin(input) {
      const issued = await auth.completeLogin(input);
      await endRejected(issued);
      return issued;
    },
    async refresh(input) {
      const issued = await auth.refresh(input);
      if (isRejected(issued)) throw new AuthError("forbidden", { message: sentence });
      return issued;
    },
    verify: guardVerify(auth.verify, (principal) => {
      if (isRejected(principal)) throw new AuthError("forbidden", { message: sentence });
    }),
  };
}

/** Both ways to ask: what guards one of them alone, guards nothing. */
function guardVerify(verify: Auth["verify"], check: (principal: Principal) => void): Auth["verify"] {
  const checked = (principal: Principal): Principal => {
    check(principal);
    return principal;
  };
  async function guarded(accessToken: string): Promise<Principal> {
    return checked(await verify(accessToken));
  }
  function atOnce(accessToken: string): Principal | Promise<Principal> {
    const principal = verify.atOnce?.(accessToken);
    if (principal instanceof Promise) return principal.then(checked);
    return principal ? checked(principal) : guarded(accessToken);
  }
  return Object.assign(guarded, { atOnce });
}

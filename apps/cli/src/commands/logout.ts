import { CliError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { explain } from "../explain.ts";

/**
 * Revokes the session on the server, then removes its tokens. Prints "Logged out" only when that is true: when the server is
 * unreachable the tokens stay, because only they can revoke the session.
 *
 * @param options.local forgets the tokens only
 */
export async function logout({ connection, printer }: Command, options: { local: boolean }): Promise<void> {
  const { url, tokens, api } = connection;
  if (!(await tokens.read())) {
    return printer.result({ loggedOut: true, server: url }, [`You were not logged in at ${url}`]);
  }
  if (options.local) {
    await tokens.exclusively(() => tokens.clear());
    return printer.result({ loggedOut: false, forgotten: true, server: url }, [
      `Forgot the login at ${url}. Its session goes on there until it runs out`,
    ]);
  }
  await tokens
    .exclusively(async () => {
      const { refreshToken } = (await tokens.read()) ?? {};
      if (refreshToken !== undefined) await api.auth.logout.mutate({ refreshToken });
      await tokens.clear();
    })
    .catch((error: unknown) => {
      const { message, reason } = explain(error, url);
      throw new CliError(message, {
        reason,
        kept: "You are still logged in, and your login is kept",
        next: "Try again later, or forget it on this machine only: watchword logout --local",
      });
    });
  printer.result({ loggedOut: true, server: url }, [`Logged out at ${url}`]);
}

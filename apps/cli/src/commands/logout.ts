import type { Command } from "../command.ts";
import { explain } from "../explain.ts";
import { Failure } from "../failure.ts";

/**
 * Ends the session on the server, then forgets its tokens. "Logged out" is only said when it is true: when the server
 * cannot be reached the tokens stay, because they are what the session can be ended with.
 *
 * @param options.local forgets the tokens only
 */
export async function logout({ connection, printer }: Command, options: { local: boolean }): Promise<void> {
  const { url, tokens, api } = connection;
  if (!(await tokens.read())) {
    return printer.answer({ loggedOut: true, server: url }, [`You were not logged in at ${url}`]);
  }
  if (options.local) {
    await tokens.exclusively(() => tokens.clear());
    return printer.answer({ loggedOut: false, forgotten: true, server: url }, [
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
      throw new Failure(message, {
        reason,
        kept: "You are still logged in, and your login is kept",
        next: "Try again later, or forget it on this machine only: watchword logout --local",
      });
    });
  printer.answer({ loggedOut: true, server: url }, [`Logged out at ${url}`]);
}

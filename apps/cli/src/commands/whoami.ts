import type { Command } from "../command.ts";
import { plural } from "../plural.ts";
import { formatDuration, formatTime } from "../time.ts";

/** Prints the user, and the begin and end of the session. */
export async function whoami({ connection, printer, terminal }: Command): Promise<void> {
  const { url, api, loggedIn } = connection;
  const { user, session, expiresIn, refreshExpiresIn } = await loggedIn(() => api.auth.me.query());
  const now = terminal.now();
  printer.result({ server: url, user, session, expiresIn, refreshExpiresIn }, [
    ["User", user.username],
    ["Name", user.name],
    ["Email", user.email],
    ["Server", url],
    [
      "Session",
      `since ${formatTime(session.createdAt, now)}, until ${formatTime(session.expiresAt, now)} at the latest`,
    ],
    ["Tokens", `${describeRefreshes(session.rotations)}; next in ${formatDuration(expiresIn)}, by itself`],
  ]);
}

function describeRefreshes(rotations: number): string {
  if (rotations === 0) return "not renewed yet";
  return `renewed ${plural(rotations, { one: "once", other: `${rotations} times` })}`;
}

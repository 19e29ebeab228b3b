import type { Command } from "../command.ts";
import { plural } from "../plural.ts";
import { saySpan, sayTime } from "../time.ts";

/** Says who is logged in, and how long the session has been and will be. */
export async function whoami({ connection, printer, terminal }: Command): Promise<void> {
  const { url, api, loggedIn } = connection;
  const { user, session, expiresIn, refreshExpiresIn } = await loggedIn(() => api.auth.me.query());
  const now = terminal.now();
  printer.answer({ server: url, user, session, expiresIn, refreshExpiresIn }, [
    ["User", user.username],
    ["Name", user.name],
    ["Email", user.email],
    ["Server", url],
    ["Session", `since ${sayTime(session.createdAt, now)}, until ${sayTime(session.expiresAt, now)} at the latest`],
    ["Tokens", `${sayRenewals(session.rotations)}; next in ${saySpan(expiresIn)}, by itself`],
  ]);
}

function sayRenewals(rotations: number): string {
  if (rotations === 0) return "not renewed yet";
  return `renewed ${plural(rotations, { one: "once", other: `${rotations} times` })}`;
}

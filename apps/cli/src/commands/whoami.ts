import type { Command } from "../command.ts";
import { methodName } from "../method-name.ts";
import { plural } from "../plural.ts";
import { formatDuration, formatTime } from "../time.ts";

/** Prints the user, what they log in with, and the begin and end of the session. */
export async function whoami({ connection, printer, terminal }: Command): Promise<void> {
  const { url, api, loggedIn } = connection;
  const { user, session, expiresIn, refreshExpiresIn } = await loggedIn(() => api.auth.me.query());
  const { credentials } = await loggedIn(() => api.auth.credentials.query());
  const now = terminal.now();
  printer.result({ server: url, user, credentials, session, expiresIn, refreshExpiresIn }, [
    ["User", user.username],
    ["Name", user.name],
    ["Email", user.email],
    ["Ways in", credentials.map((credential) => describeCredential(credential, now)).join("; ")],
    ["Server", url],
    [
      "Session",
      `since ${formatTime(session.createdAt, now)}, until ${formatTime(session.expiresAt, now)} at the latest`,
    ],
    ["Tokens", `${describeRefreshes(session.rotations)}; next in ${formatDuration(expiresIn)}, by itself`],
  ]);
}

interface ListedCredential {
  kind: string;
  label: string | null;
  lastUsedAt: string | null;
}

function describeCredential({ kind, label, lastUsedAt }: ListedCredential, now: number): string {
  return `${label ?? methodName(kind)}, last used ${lastUsedAt === null ? "never" : formatTime(lastUsedAt, now)}`;
}

function describeRefreshes(rotations: number): string {
  if (rotations === 0) return "not renewed yet";
  return `renewed ${plural(rotations, { one: "once", other: `${rotations} times` })}`;
}

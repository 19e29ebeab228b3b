import type { Auth } from "@watchword/auth/core";
import type { Outcome } from "./outcome.ts";

const usage = `npm run keys -- list      lists the keys and the state of each
npm run keys -- turn      makes the next key if it is due, as the app does by itself
npm run keys -- replace   for a stolen key: rejects every access token issued so far, at once;
                          no user has to log in again`;

/** The command `keys`: lists, rotates and replaces the signing keys. */
export async function runKeysCommand({ keys }: Pick<Auth, "keys">, [what, ...rest]: string[]): Promise<Outcome> {
  if (rest.length > 0) return { text: usage, ok: false };
  switch (what) {
    case "list":
      break;
    case "turn":
      await keys.rotateIfDue();
      break;
    case "replace":
      await keys.revokeAndReplace();
      break;
    default:
      return { text: usage, ok: false };
  }
  return { text: await listed(keys), ok: true };
}

async function listed(keys: Auth["keys"]): Promise<string> {
  const { keys: known, unreadable } = await keys.list();
  const lines = known.map(({ kid, state, signsFrom, signsUntil }) =>
    [kid, state.padEnd(9), new Date(signsFrom).toISOString(), new Date(signsUntil).toISOString()].join("  "),
  );
  const unreadableLines = unreadable.map((kid) => `${kid}  encrypted under another AUTH_SECRET`);
  return [...lines, ...unreadableLines].join("\n") || "There is no key yet. The first login makes one.";
}

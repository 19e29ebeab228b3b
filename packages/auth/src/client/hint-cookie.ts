/**
 * The one cookie that scripts may read. It says that there is a session, and names its pair of tokens and its user, in
 * the form `<pair>.<user>`. All tabs see the same: one that comes late sees that another has refreshed meanwhile, and
 * does not start a rotation right after the last (assumption A2 of the refresh protocol).
 *
 * @returns "" when nobody is logged in, or cookies cannot be read here
 */
export function readHint(): string {
  try {
    return /(?:^|;\s*)(?:__Host-)?watchword\.session=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  } catch {
    return ""; // no document on a server, no cookies in a sandboxed frame
  }
}

/** False only when both say whose they are, and are not the same user's. */
export function isSameUser(hint: string, other: string): boolean {
  const [one, two] = [userOf(hint), userOf(other)];
  return one === undefined || two === undefined || one === two;
}

function userOf(hint: string): string | undefined {
  return hint.split(".")[1];
}

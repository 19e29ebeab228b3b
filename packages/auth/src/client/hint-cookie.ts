/**
 * What the names of all cookies end in: `-3000` where the address of the app names a port, else nothing. A browser keeps one
 * jar for all ports of a host, so that two apps on one host would take each other's cookies for their own.
 *
 * @param url the app's address or one below it. What cannot be read, such as a path where there is no page, names no port
 */
export function cookieEnding(url: string): string {
  try {
    const { port } = new URL(url, globalThis.document?.baseURI);
    return port && `-${port}`;
  } catch {
    return "";
  }
}

/**
 * The one cookie that scripts may read. It says that there is a session, and names its pair of tokens and its user, in
 * the form `<pair>.<user>`. All tabs see the same: one that comes late sees that another has refreshed meanwhile, and
 * does not start a rotation right after the last (assumption A2 of the refresh protocol).
 *
 * @param ending see `cookieEnding`
 * @returns "" when nobody is logged in, or cookies cannot be read here
 */
export function readHint(ending = ""): string {
  try {
    const name = `watchword.session${ending}=`;
    const pairs = document.cookie.replaceAll("__Host-", "").split("; ");
    return pairs.find((pair) => pair.startsWith(name))?.slice(name.length) ?? "";
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

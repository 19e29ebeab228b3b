// Where the server listens, by the settings PORT, LISTEN_ADDRESS and APP_URL. Plain JavaScript, because `npm start` asks it before
// anything is built.
import { isIP } from "node:net";

const defaultPort = 3000;
const loopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

/**
 * @param {Record<string, string | undefined>} environment
 * @returns {{ port: number, address?: string } | { problem: string }} without an address on all of the machine's
 */
export function listenOn({ PORT, LISTEN_ADDRESS, APP_URL }) {
  const appUrl = APP_URL?.trim();
  if (appUrl && !isOrigin(appUrl)) return { problem: appUrlProblem };
  const local = appUrl ? loopbackOf(new URL(appUrl)) : { address: "127.0.0.1", port: defaultPort };
  const port = PORT?.trim() || String(local?.port ?? defaultPort);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return { problem: portProblem };
  const address = LISTEN_ADDRESS?.trim().replace(/^\[(.*)\]$/, "$1") || local?.address;
  if (address !== undefined && isIP(address) === 0) return { problem: addressProblem };
  return { port: Number(port), ...(address === undefined ? {} : { address }) };
}

/** Whether only this machine reaches what listens there. */
export function isLoopbackAddress(address) {
  return address !== undefined && (address === "::1" || /^(?:::ffff:)?127\./i.test(address));
}

/** The scheme, the host and the port, and nothing that would be lost: no path, query, fragment or password. */
export function isOrigin(text) {
  return /^https?:\/\/[^\s/?#@\\]+\/?$/i.test(text) && URL.canParse(text);
}

export const appUrlProblem =
  "APP_URL: use http:// or https://, a host and at most a port, such as https://app.example.com. The app has an origin to itself, so there is no path, query or password";
const portProblem = "PORT: use a whole number from 1 to 65535";
const addressProblem = "LISTEN_ADDRESS: use an IP address of this machine, such as 127.0.0.1, ::1, or 0.0.0.0 for all";

/** Only this machine reaches a server on localhost; behind any other host name a proxy has to reach it. */
function loopbackOf({ hostname, port }) {
  if (!loopbackHosts.includes(hostname)) return undefined;
  return { address: hostname === "[::1]" ? "::1" : "127.0.0.1", port: port ? Number(port) : defaultPort };
}

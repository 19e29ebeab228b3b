import type { AddressProblem, ProxyTrust } from "@watchword/auth/trpc";
import type { Env } from "../env/env.ts";
import { logAddressProblem } from "./log.ts";

/** Next loads this file several times in one process; what was logged once is not logged again. */
const shared = globalThis as typeof globalThis & { watchwordLoggedProblems?: Set<AddressProblem> };

/** Which proxies are believed, by the settings. Each kind of forwarded address that is not used is logged once. */
export function proxyTrust({ trustedProxyHops, trustedProxies, proxyHeader }: Env): ProxyTrust {
  return { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem: logOnce };
}

function logOnce(problem: AddressProblem): void {
  shared.watchwordLoggedProblems ??= new Set();
  if (shared.watchwordLoggedProblems.has(problem)) return;
  shared.watchwordLoggedProblems.add(problem);
  logAddressProblem(problem);
}

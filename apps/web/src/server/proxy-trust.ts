import type { AddressProblem, ProxyTrust } from "@watchword/auth/trpc";
import type { Env } from "../env/env.ts";
import { logAddressProblem } from "./log.ts";

/** Next loads this file several times in one process; what was told once is not told again. */
const shared = globalThis as typeof globalThis & { watchwordToldProblems?: Set<AddressProblem> };

/** Which proxies are believed, by the settings. Each kind of forwarded address that is not used is logged once. */
export function proxyTrust({ trustedProxyHops, trustedProxies, proxyHeader }: Env): ProxyTrust {
  return { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem: tellOnce };
}

function tellOnce(problem: AddressProblem): void {
  shared.watchwordToldProblems ??= new Set();
  if (shared.watchwordToldProblems.has(problem)) return;
  shared.watchwordToldProblems.add(problem);
  logAddressProblem(problem);
}

import { addressScopes } from "./attempt-rules.ts";
import { AuthError } from "./errors.ts";

/** At most so many passwords of one address are hashed or wait for it at once: a quarter of the line (`HashQueue`). */
const mostFromOnePlace = 8;

/**
 * Keeps one place from filling the line in which passwords wait: whoever floods the login finds their own part of it full, and
 * everybody else theirs empty. In the memory of the process, as the line is.
 */
export function createFairShare(atMost = mostFromOnePlace) {
  const underWay = new Map<string, number>();
  /** @throws {AuthError} `temporarily_unavailable`: that many are under way from there */
  return async <T>(ipAddress: string | null, run: () => Promise<T>): Promise<T> => {
    const networks = addressScopes(ipAddress);
    const isFull = networks.some(({ name, factor }) => (underWay.get(name) ?? 0) >= atMost * factor);
    if (isFull) throw new AuthError("temporarily_unavailable");
    for (const { name } of networks) underWay.set(name, (underWay.get(name) ?? 0) + 1);
    try {
      return await run();
    } finally {
      for (const { name } of networks) {
        const left = (underWay.get(name) ?? 1) - 1;
        if (left === 0) underWay.delete(name);
        else underWay.set(name, left);
      }
    }
  };
}

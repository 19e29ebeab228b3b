import { addressScope } from "./attempt-rules.ts";
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
    const place = addressScope(ipAddress);
    if (place === undefined) return run();
    const before = underWay.get(place) ?? 0;
    if (before >= atMost) throw new AuthError("temporarily_unavailable");
    underWay.set(place, before + 1);
    try {
      return await run();
    } finally {
      const left = (underWay.get(place) ?? 1) - 1;
      if (left === 0) underWay.delete(place);
      else underWay.set(place, left);
    }
  };
}

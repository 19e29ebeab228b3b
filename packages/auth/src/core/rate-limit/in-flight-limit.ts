import { AuthError } from "../domain/errors.ts";
import { addressScopes } from "./limits.ts";

/** At most so many passwords of one address, or of one session, are hashed or wait for it: a quarter of the line (`HashQueue`). */
const mostFromOnePlace = 8;

/**
 * Keeps one place from filling the line in which passwords wait: whoever floods the login finds their own part of it full, and
 * everybody else theirs empty. In the memory of the process, as the line is.
 */
export function createInFlightLimit(atMost = mostFromOnePlace) {
  const underWay = new Map<string, number>();

  function leave(place: string): void {
    const left = (underWay.get(place) ?? 1) - 1;
    if (left === 0) underWay.delete(place);
    else underWay.set(place, left);
  }

  /**
   * @param sessionId where a session asks: its own share holds too, from however many addresses it comes
   * @throws {AuthError} `temporarily_unavailable`: that many are under way from there
   */
  return async <T>(ipAddress: string | null, run: () => Promise<T>, sessionId?: string): Promise<T> => {
    const ofSession = sessionId === undefined ? [] : [{ name: `session ${sessionId}`, factor: 1 }];
    const places = [...addressScopes(ipAddress), ...ofSession];
    const isFull = places.some(({ name, factor }) => (underWay.get(name) ?? 0) >= atMost * factor);
    if (isFull) throw new AuthError("temporarily_unavailable");
    for (const { name } of places) underWay.set(name, (underWay.get(name) ?? 0) + 1);
    try {
      return await run();
    } finally {
      for (const { name } of places) leave(name);
    }
  };
}

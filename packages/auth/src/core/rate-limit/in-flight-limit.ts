import { AuthError } from "../domain/errors.ts";
import { addressScopes } from "./limits.ts";

/** Password hashes in flight for one address or one session: a quarter of the queue (`HashQueue`). */
const maxPerAddress = 8;

/**
 * Keeps one address from filling the queue of password hashes: an attacker who floods the login fills only their own part of it.
 * In the memory of the process, as the queue is.
 */
export function createInFlightLimit(atMost = maxPerAddress) {
  const underWay = new Map<string, number>();

  function release(scope: string): void {
    const left = (underWay.get(scope) ?? 1) - 1;
    if (left === 0) underWay.delete(scope);
    else underWay.set(scope, left);
  }

  /**
   * @param sessionId of a call with a session: it has a limit of its own, over all its addresses
   * @throws {AuthError} `temporarily_unavailable`: too many are in flight
   */
  return async <T>(ipAddress: string | null, run: () => Promise<T>, sessionId?: string): Promise<T> => {
    const ofSession = sessionId === undefined ? [] : [{ name: `session ${sessionId}`, factor: 1 }];
    const scopes = [...addressScopes(ipAddress), ...ofSession];
    const isFull = scopes.some(({ name, factor }) => (underWay.get(name) ?? 0) >= atMost * factor);
    if (isFull) throw new AuthError("temporarily_unavailable");
    for (const { name } of scopes) underWay.set(name, (underWay.get(name) ?? 0) + 1);
    try {
      return await run();
    } finally {
      for (const { name } of scopes) release(name);
    }
  };
}

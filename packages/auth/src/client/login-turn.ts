import { refreshLock } from "./lock.ts";

/** As long as a refresh waits for another one. */
const patienceMs = 5_000;

/**
 * Logs in by cookies while no tab refreshes. The answer to a refresh of the login before, if it came after that of the new one,
 * would put its cookies in the place of the new ones, and their session is over by then (fault case C08).
 *
 * Goes on without the lock where there is none, and where its turn does not come.
 */
export async function inLoginTurn<T>(
  logIn: () => Promise<T>,
  patience: AbortSignal = AbortSignal.timeout(patienceMs),
): Promise<T> {
  let begun: Promise<T> | undefined;
  const begin = () => {
    begun ??= logIn();
    return begun;
  };
  await navigator.locks?.request(refreshLock, { signal: patience }, begin).catch(() => undefined);
  return begin();
}

import type { Auth } from "@watchword/auth/core";

/**
 * Tells the operator of keys in use that no secret of this process opens: other processes were given another `AUTH_SECRET`, and
 * each change of the server costs clients a refresh until all have the same. Once for each change, and once when it is over.
 *
 * @param warn with the ids of the keys; none when all can be opened again
 */
export function createKeyWatch({ keys }: Pick<Auth, "keys">, warn: (kids: readonly string[]) => void) {
  let reported = "";
  return async (): Promise<void> => {
    const { unreadable } = await keys.list();
    const now = unreadable.join(" ");
    if (now === reported) return;
    reported = now;
    warn(unreadable);
  };
}

import type { PasswordHasher } from "../../ports/password-hasher.ts";
import type { AuthStore } from "../../ports/store.ts";

/**
 * The given hasher, whose every comparison takes the work of the dearest hash in the store, for a known user, an unknown one and
 * a hash that is unusable alike. So the cost may be raised or lowered, and hashes of other systems be taken in, and the time that
 * a login takes still tells nothing (ASVS 6.3.8). It is asked for at each comparison: another process may have another setting.
 */
export function createEqualWork({
  passwords,
  store,
}: {
  passwords: PasswordHasher;
  store: Pick<AuthStore, "highestPasswordCost">;
}): PasswordHasher {
  const costs = { highest: (atMost: number) => store.highestPasswordCost({ atMost }) };
  return {
    hash: (password, former) => passwords.hash(password, former),
    verify: (password, stored) => passwords.verify(password, stored, costs),
    close: () => passwords.close(),
  };
}

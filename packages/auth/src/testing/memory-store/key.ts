import type { SigningKeyStore, StoredSigningKey } from "../../core/ports/key-store.ts";

/** Signing keys in the memory of one process; each method runs without a pause in between. */
export function createMemoryKeyStore(): SigningKeyStore & { version(): number } {
  let keys: StoredSigningKey[] = [];
  let version = 0;

  /** Each change counts. */
  function change(next: StoredSigningKey[]): void {
    keys = next.sort((a, b) => a.seq - b.seq);
    version += 1;
  }

  function add(key: StoredSigningKey, others: (key: StoredSigningKey) => StoredSigningKey): boolean {
    if (keys.some(({ seq }) => seq === key.seq)) return false;
    change([...keys.map(others), { ...key }]);
    return true;
  }

  return {
    version: () => version,
    keyRingVersion: async () => version,
    readKeyRing: async () => ({ version, keys: keys.map((key) => ({ ...key })) }),
    addSigningKey: async (key) => add(key, (other) => other),
    replaceSigningKeys: async ({ key, now }) => add(key, (other) => ({ ...other, revokedAt: other.revokedAt ?? now })),
    reencryptSigningKey: async ({ kid, from, to }) => {
      const key = keys.find((one) => one.kid === kid);
      if (!key || Buffer.compare(key.sealedPrivateKey, from) !== 0) return false;
      change(keys.map((one) => (one === key ? { ...one, sealedPrivateKey: to } : one)));
      return true;
    },
    removeSigningKeys: async ({ before }) => {
      const kept = keys.filter(({ verifiesUntil }) => verifiesUntil > before);
      const removed = keys.length - kept.length;
      if (removed > 0) change(kept);
      return removed;
    },
  };
}

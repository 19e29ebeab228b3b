import type { Challenge } from "../../core/domain/credential.ts";
import type { ChallengeKey, ChallengeStore } from "../../core/ports/challenge-store.ts";
import type { CredentialUse, Evidence } from "../../core/ports/session-store.ts";
import type { Atomically, Tables } from "./tables.ts";

/** Challenges in memory. */
export function createMemoryChallengeStore(tables: Tables, atomically: Atomically): ChallengeStore {
  const { challenges } = tables;
  const shown = (challenge: Challenge | undefined) => challenge && copyOf(challenge);
  return {
    addChallenge: (add) => atomically("addChallenge", () => addChallenge(tables, add)),
    findChallenge: (key) => atomically("findChallenge", () => shown(answerable(tables, key))),
    takeChallengeTry: (key) =>
      atomically("takeChallengeTry", () => {
        const challenge = answerable(tables, key);
        if (challenge) challenge.triesLeft -= 1;
        return shown(challenge);
      }),
    setChallengeData: ({ data, ...key }) =>
      atomically("setChallengeData", () => {
        const challenge = answerable(tables, key);
        if (challenge) challenge.data = data;
        return challenge !== undefined;
      }),
    // Without a pause: the rules do not wait for it, so there is no order in which it could matter.
    async removeExpiredChallenges({ before, limit }) {
      const expired = [...challenges.values()].filter(({ expiresAt }) => expiresAt <= before).slice(0, limit);
      for (const { id } of expired) challenges.delete(id);
      return expired.length;
    },
  };
}

/** Whether it may be consumed by what that user proved. For the caller that writes at once. */
export function evidenceHolds(tables: Tables, userId: string, { challenge: key, uses }: Evidence): boolean {
  if (key && current(tables, key)?.userId !== userId) return false;
  return uses.every(({ id, change }) => !change || usedCredential(tables, userId, id)?.version === change.version);
}

export function consumeEvidence(tables: Tables, userId: string, { challenge, uses }: Evidence): void {
  if (challenge) tables.challenges.delete(challenge.id);
  for (const use of uses) noteUse(tables, userId, use);
}

function noteUse(tables: Tables, userId: string, { id, now, change }: CredentialUse): void {
  const credential = usedCredential(tables, userId, id);
  if (!credential) return;
  credential.lastUsedAt = now;
  if (change) Object.assign(credential, { data: change.data, version: change.version + 1 });
}

function usedCredential({ credentials }: Tables, userId: string, id: string) {
  const credential = credentials.get(id);
  return credential?.userId === userId ? credential : undefined;
}

function addChallenge(tables: Tables, { challenge, quota, now }: Parameters<ChallengeStore["addChallenge"]>[0]) {
  const { challenges, sessions, users } = tables;
  const { id, userId, sessionId, network, credentialVersion } = challenge;
  const user = users.get(userId);
  if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return "credentials_changed";
  if (sessionId !== null && !sessions.has(sessionId)) return "credentials_changed";
  if (challenges.has(id)) throw new Error("There is already a challenge with that id");
  const ofUser = (one: Challenge) => one.userId === userId;
  const ofNetwork = (one: Challenge) => network !== null && one.network === network;
  for (const one of challenges.values()) {
    if (one.expiresAt <= now && (ofUser(one) || ofNetwork(one))) challenges.delete(one.id);
  }
  removeBeyond(tables, ofUser, quota.perUser);
  removeBeyond(tables, ofNetwork, quota.perNetwork);
  challenges.set(id, copyOf(challenge));
  return "added";
}

/** Leaves room for the new one, which is never among those that go. */
function removeBeyond({ challenges }: Tables, belongs: (challenge: Challenge) => boolean, atMost: number): void {
  [...challenges.values()]
    .filter(belongs)
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    .slice(atMost - 1)
    .forEach(({ id }) => {
      challenges.delete(id);
    });
}

/** While it is valid and has a try left. */
function answerable(tables: Tables, key: ChallengeKey): Challenge | undefined {
  const challenge = current(tables, key);
  return challenge && challenge.triesLeft > 0 ? challenge : undefined;
}

/** Without the tries: what consumes a challenge has taken its try already, perhaps the last. */
function current(tables: Tables, { id, secretHash, now }: ChallengeKey): Challenge | undefined {
  const challenge = tables.challenges.get(id);
  const user = challenge && tables.users.get(challenge.userId);
  if (!challenge || !user) return undefined;
  const holds =
    Buffer.compare(challenge.secretHash, secretHash) === 0 &&
    challenge.expiresAt > now &&
    user.disabledAt === null &&
    user.credentialVersion === challenge.credentialVersion &&
    (challenge.sessionId === null || tables.sessions.get(challenge.sessionId)?.revokedAt === null);
  return holds ? challenge : undefined;
}

function copyOf(challenge: Challenge): Challenge {
  return { ...challenge, secretHash: Uint8Array.from(challenge.secretHash) };
}

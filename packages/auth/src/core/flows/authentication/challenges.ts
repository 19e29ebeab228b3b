import { z } from "zod";
import type { Challenge, ChallengePurpose } from "../../domain/credential.ts";
import { AuthError } from "../../domain/errors.ts";
import { newId } from "../../domain/ids.ts";
import type { ClientInfo, User } from "../../domain/model.ts";
import type { ChallengeKey, ChallengeQuota } from "../../ports/challenge-store.ts";
import { addressScope } from "../../rate-limit/limits.ts";
import { generateChallengeToken, parseChallengeToken } from "../../tokens/challenge-token.ts";
import type { AuthDeps } from "../deps.ts";

/** For how long a login or a step-up waits for its response, in milliseconds. */
export const challengeLifeMs = 600_000;
/** How many responses it takes. */
const tries = 5;
/** A user with ten browsers is unusual, and so are a hundred users of one network in ten minutes. */
const quota: ChallengeQuota = { perUser: 10, perNetwork: 100 };

const proven = z.object({ kind: z.string(), at: z.number() });

/** What a challenge keeps, encrypted. */
const dataSchema = z.object({
  delivery: z.enum(["cookie", "body"]),
  rememberMe: z.boolean(),
  /** What was proven before: of a login the first factor, of a step-up nothing. */
  proven: z.array(proven),
  /** What the kind drew that was begun last. */
  begun: z.object({ kind: z.string(), state: z.string() }).optional(),
});

type ChallengeData = z.infer<typeof dataSchema>;

export interface OpenChallenge {
  challenge: Challenge;
  key: ChallengeKey;
  data: ChallengeData;
}

interface NewChallenge {
  purpose: ChallengePurpose;
  user: User;
  sessionId: string | null;
  data: ChallengeData;
  client: ClientInfo;
}

export interface Challenges {
  /** @throws {AuthError} `temporarily_unavailable` when the credentials have changed since the user was read */
  begin(challenge: NewChallenge): Promise<{ token: string; expiresIn: number }>;
  /**
   * Reads a valid challenge of that purpose and delivery; with `session` only one of that session. Takes no try.
   *
   * @throws {AuthError} `challenge_invalid`
   */
  open(presented: PresentedChallenge): Promise<OpenChallenge>;
  /**
   * Takes a try of a challenge that was opened.
   *
   * @throws {AuthError} `challenge_invalid`
   */
  takeTry(opened: OpenChallenge): Promise<void>;
  /**
   * Keeps what a kind drew, in the place of what was drawn before.
   *
   * @throws {AuthError} `challenge_invalid`
   */
  keep(opened: OpenChallenge, begun: ChallengeData["begun"]): Promise<void>;
}

interface PresentedChallenge {
  token: string | undefined;
  purpose: ChallengePurpose;
  /** How it arrived: a challenge is accepted only by the delivery that it was issued for. */
  delivery: ChallengeData["delivery"];
  /** The session of a step-up. */
  sessionId?: string | undefined;
}

export function createChallenges(deps: Pick<AuthDeps, "store" | "clock" | "randomBytes" | "secretData">): Challenges {
  const { store, clock, secretData } = deps;
  const encrypt = (data: ChallengeData, id: string) => secretData.encrypt(JSON.stringify(data), id);

  return {
    begin: (challenge) => addChallenge(deps, challenge),

    async open({ token, purpose, delivery, sessionId = null }) {
      const parsed = parseChallengeToken(token);
      if (!parsed) throw new AuthError("challenge_invalid");
      const key = { ...parsed, now: clock.now() };
      const challenge = await store.findChallenge(key);
      if (challenge?.purpose !== purpose || challenge.sessionId !== sessionId) throw new AuthError("challenge_invalid");
      const text = await secretData.decrypt(challenge.data, challenge.id);
      const data = text === undefined ? undefined : dataSchema.parse(JSON.parse(text));
      if (data?.delivery !== delivery) throw new AuthError("challenge_invalid");
      return { challenge, key, data };
    },

    async takeTry({ key }) {
      if (!(await store.takeChallengeTry({ ...key, now: clock.now() }))) throw new AuthError("challenge_invalid");
    },

    async keep({ key, data }, begun) {
      const kept = await store.setChallengeData({ ...key, data: await encrypt({ ...data, begun }, key.id) });
      if (!kept) throw new AuthError("challenge_invalid");
    },
  };
}

async function addChallenge(
  { store, clock, randomBytes, secretData }: Pick<AuthDeps, "store" | "clock" | "randomBytes" | "secretData">,
  { purpose, user, sessionId, data, client }: NewChallenge,
): Promise<{ token: string; expiresIn: number }> {
  const now = clock.now();
  const id = newId(now, randomBytes);
  const { token, secretHash } = generateChallengeToken(id, randomBytes);
  const challenge: Challenge = {
    id,
    purpose,
    secretHash,
    userId: user.id,
    credentialVersion: user.credentialVersion,
    sessionId,
    network: addressScope(client.ipAddress) ?? null,
    data: await secretData.encrypt(JSON.stringify(data), id),
    triesLeft: tries,
    createdAt: now,
    expiresAt: now + challengeLifeMs,
  };
  if ((await store.addChallenge({ challenge, quota, now })) !== "added") {
    throw new AuthError("temporarily_unavailable");
  }
  return { token, expiresIn: challengeLifeMs / 1000 };
}

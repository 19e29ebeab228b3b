/** The invariants of the refresh protocol, and what else has to hold of every answer. */
const invariants = {
  S1: "one acceptable unused successor for each living session",
  S2: "the generation never decreases, and moves by one for each rotation",
  S3: "nothing of a session is accepted after its end, and nothing changes it any more",
  S4: "no token and no secret in any row or event",
  S5: "thief and victim cannot both go on",
  S6: "whoever is refused is refused because the session has ended, and it ended for a reason",
  S7: "whoever cannot prove that they held a token of the session changes nothing",
  S8: "no session begins or is refreshed without what its account demands",
  L1: "an honest client is never refused before its session runs out",
  L2: "contention ends within four reads",
  owner: "an answer is about the session and the user of the token that was presented",
  cookies: "only the end of a session takes cookies along",
  unexpected: "no request is answered with an unexpected error",
} as const;

export type Invariant = keyof typeof invariants;

/** Thrown by the world when one of them does not hold. The runner adds the seed, the step and the history. */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";

  constructor(
    readonly invariant: Invariant,
    readonly what: string,
  ) {
    super(`${invariant} (${invariants[invariant]}): ${what}`);
  }
}

export function insist(holds: boolean, invariant: Invariant, what: () => string): asserts holds {
  if (!holds) throw new InvariantBroken(invariant, what());
}

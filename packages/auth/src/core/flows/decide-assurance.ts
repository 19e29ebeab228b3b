import type { ProvenMethod } from "../domain/credential.ts";
import { clockToleranceSeconds } from "../domain/settings.ts";
import type { CredentialUseKind } from "../ports/credential-kind.ts";

/** What a user is about to do. */
export type AssurancePurpose = keyof typeof demands;

/** What each purpose demands: the table of the rule, together with the function below. Printed in `docs/assurance.md`. */
const demands = {
  login: "factors",
  registration: "factors",
  registration_link: "factors",
  /** The link sets a password and begins no session: the login that follows asks for what the account has. */
  reset_link: "nothing",
  invitation_link: "nothing",
  verify_link: "nothing",
  change_link: "nothing",
  step_up: "any",
  credential_change: "factors",
  administration: "factors",
  /** The session began with what was demanded then. What was added since does not stop its user. */
  refresh: "nothing",
} as const satisfies Record<string, "factors" | "any" | "nothing">;

export interface AssuranceQuestion {
  purpose: AssurancePurpose;
  account: {
    /** The kinds of all credentials that the account has. */
    kinds: readonly string[];
  };
  /** The kinds that this version knows, and what each is for. */
  known: ReadonlyMap<string, CredentialUseKind>;
  proven: readonly ProvenMethod[];
  /** Milliseconds since 1970. */
  now: number;
  /** What was proven before that long counts as not proven, in milliseconds. */
  maxAgeMs: number;
}

export type Assurance =
  | { outcome: "sufficient" }
  /** Each of these kinds would bring the user further; with none of them left the account cannot do it. */
  | { outcome: "missing"; methods: readonly string[] }
  /** The account has a credential of a kind that this version does not know: it cannot say what is missing. */
  | { outcome: "unknown_kind"; kinds: readonly string[] };

/**
 * The one rule of what a user has to prove before they do something. Every way in asks it: a second factor that one of them
 * forgets is no second factor (ASVS 6.3.4, 6.4.3).
 *
 * A kind that is not known is never ignored, whatever the purpose. A credential that the account no longer has proves nothing.
 */
export function decideAssurance({ purpose, account, known, proven, now, maxAgeMs }: AssuranceQuestion): Assurance {
  const unknown = account.kinds.filter((kind) => !known.has(kind));
  if (unknown.length > 0) return { outcome: "unknown_kind", kinds: unknown };

  const demand = demands[purpose];
  if (demand === "nothing") return { outcome: "sufficient" };

  const fresh = proven.filter((method) => isFresh(method, now, maxAgeMs)).map(({ kind }) => kind);
  const counts = account.kinds.filter((kind) => fresh.includes(kind));
  if (demand === "any") return counts.length > 0 ? { outcome: "sufficient" } : missing(account.kinds);

  const isFirst = (kind: string) => known.get(kind) !== "second_factor";
  const isSecond = (kind: string) => known.get(kind) !== "first_factor";
  const hasSecondFactor = account.kinds.some((kind) => known.get(kind) === "second_factor");
  const first = counts.some(isFirst) ? [] : account.kinds.filter(isFirst);
  const second = !hasSecondFactor || counts.some(isSecond) ? [] : account.kinds.filter(isSecond);
  const isFirstMissing = !counts.some(isFirst);
  return isFirstMissing || second.length > 0 ? missing([...new Set([...first, ...second])]) : { outcome: "sufficient" };
}

function missing(methods: readonly string[]): Assurance {
  return { outcome: "missing", methods };
}

/**
 * The last instant is too old already. A clock that was put back a little makes a negative age, which counts as none; what was
 * proven further in the future than servers may differ proves nothing, or it would stay fresh until then (fault case T07).
 */
function isFresh({ at }: ProvenMethod, now: number, maxAgeMs: number): boolean {
  const age = now - at;
  return age < maxAgeMs && age >= -clockToleranceSeconds * 1000;
}

import { AuthError } from "../domain/errors.ts";
import type { RateLimitKey, RateLimitRules, RateLimitScope, RateLimitWindow } from "../domain/model.ts";
import type { CountedTry, RateLimitCounter } from "../ports/rate-limit-counter.ts";
import { ipKeys, type LoginAttempt, loginKeys, rateLimitRules, type StepUpAttempt, stepUpKeys } from "./limits.ts";

/** Told when somebody is asked to wait: at the first time in each window, so that going on fills no log. */
type AttemptsLimited = (scope: RateLimitScope) => void;

export interface RateLimiter {
  login<T>(attempt: LoginAttempt, run: Guess<T>, limited?: AttemptsLimited): Promise<T>;
  registration<T>(ipAddress: string | null, run: Guess<T>, limited?: AttemptsLimited): Promise<T>;
  mail<T>(ipAddress: string | null, run: Guess<T>, limited?: AttemptsLimited): Promise<T>;
  proof<T>(attempt: StepUpAttempt, run: Guess<T>, limited?: AttemptsLimited): Promise<T>;
}

type Guess<T> = () => Promise<T>;

export interface RateLimiterOptions {
  /** Nothing is limited without one. */
  counter: RateLimitCounter | undefined;
  rules?: Partial<RateLimitRules> | undefined;
}

/**
 * Counts tries before they are made, so that many at once are no way around a limit, and forgets those that were no guess: a
 * password that was right, and whatever failed for another reason than a wrong one.
 *
 * Each throws `rate_limited` with the seconds to wait, or whatever `run` throws.
 */
export function createRateLimiter({ counter, rules }: RateLimiterOptions): RateLimiter {
  const inForce = { ...rateLimitRules, ...rules };
  const limit = async <T>({ keys, run, isCounted, limited }: Limited<T>): Promise<T> => {
    if (!counter) return run();
    const tries = keys.flatMap(({ scope, id, factor }) =>
      inForce[scope].map(({ tries, perSeconds }) => ({ scope, id, window: { tries: tries * factor, perSeconds } })),
    );
    await countAll(counter, tries, limited);
    let failure: unknown;
    try {
      return await run();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      if (!isCounted(failure)) await giveBackAll(counter, tries);
    }
  };
  return {
    login: (attempt, run, limited) => limit({ keys: loginKeys(attempt), run, limited, isCounted: isWrongGuess }),
    // Also those that were taken: to ask whether a name is taken is what many accounts are asked for.
    registration: (ipAddress, run, limited) =>
      limit({ keys: ipKeys("registration", ipAddress), run, limited, isCounted: isRegistration }),
    mail: (ipAddress, run, limited) =>
      limit({ keys: ipKeys("mail", ipAddress), run, limited, isCounted: (error) => error === undefined }),
    proof: (attempt, run, limited) => limit({ keys: stepUpKeys(attempt), run, limited, isCounted: isWrongGuess }),
  };
}

interface Limited<T> {
  keys: readonly RateLimitKey[];
  run: Guess<T>;
  /** Whether the try stays counted, by what it ended with; undefined for success. */
  isCounted: (error: unknown) => boolean;
  limited: AttemptsLimited | undefined;
}

function isWrongGuess(error: unknown): boolean {
  return error instanceof AuthError && error.reason === "invalid_credentials";
}

function isRegistration(error: unknown): boolean {
  if (error === undefined) return true;
  return error instanceof AuthError && (error.reason === "username_taken" || error.reason === "email_taken");
}

/** @throws {AuthError} `rate_limited`, and then nothing of it stays counted but what refused it */
async function countAll(
  counter: RateLimitCounter,
  tries: readonly CountedTry[],
  limited: AttemptsLimited | undefined,
): Promise<void> {
  const done: CountedTry[] = [];
  for (const one of tries) {
    const { tries: made, leftMs } = await counter.count(one);
    if (made > one.window.tries) {
      await giveBackAll(counter, done);
      if (made === one.window.tries + 1) limited?.(one.scope);
      throw new AuthError("rate_limited", { retryAfterSeconds: secondsLeft(leftMs, one.window) });
    }
    done.push(one);
  }
}

/** Whatever a counter says, and whatever its clock did: nobody waits for longer than the window (fault case T07). */
function secondsLeft(leftMs: number, { perSeconds }: RateLimitWindow): number {
  return Math.min(perSeconds, Math.max(1, Math.ceil(leftMs / 1000)));
}

/** Best effort: what has been done is done, and a try too many that stays counted is no reason to say otherwise. */
async function giveBackAll(counter: RateLimitCounter, tries: readonly CountedTry[]): Promise<void> {
  await Promise.allSettled(tries.map((one) => counter.refund(one)));
}

import { AuthError } from "../domain/errors.ts";
import type { RateLimitKey, RateLimitRules, RateLimitScope, RateLimitWindow } from "../domain/rate-limit.ts";
import type { CountedTry, RateLimitCounter } from "../ports/rate-limit-counter.ts";
import {
  ipKeys,
  type LoginAttempt,
  loginKeys,
  rateLimitRules,
  type SecondFactorAttempt,
  type StepUpAttempt,
  secondFactorKeys,
  stepUpKeys,
} from "./limits.ts";

/** Called at the first rejection in each window, so that an attacker who goes on fills no log. */
type OnLimited = (scope: RateLimitScope) => void;

export interface RateLimiter {
  login<T>(attempt: LoginAttempt, run: Guess<T>, limited?: OnLimited): Promise<T>;
  registration<T>(ipAddress: string | null, run: Guess<T>, limited?: OnLimited): Promise<T>;
  emailRequest<T>(ipAddress: string | null, run: Guess<T>, limited?: OnLimited): Promise<T>;
  stepUp<T>(attempt: StepUpAttempt, run: Guess<T>, limited?: OnLimited): Promise<T>;
  secondFactor<T>(attempt: SecondFactorAttempt, run: Guess<T>, limited?: OnLimited): Promise<T>;
}

type Guess<T> = () => Promise<T>;

export interface RateLimiterOptions {
  /** Without one nothing is limited. */
  counter: RateLimitCounter | undefined;
  rules?: Partial<RateLimitRules> | undefined;
}

/**
 * Counts tries before they run, so that concurrent tries do not bypass a limit, and refunds those that were no wrong guess: a
 * right password, and a failure for another reason.
 *
 * Each throws `rate_limited` with the seconds to wait, or what `run` throws.
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
      if (!isCounted(failure)) await refundAll(counter, tries);
    }
  };
  return {
    login: (attempt, run, limited) => limit({ keys: loginKeys(attempt), run, limited, isCounted: isWrongGuess }),
    // Also those with a taken name: an attacker registers many accounts to find out which names are taken.
    registration: (ipAddress, run, limited) =>
      limit({ keys: ipKeys("registration", ipAddress), run, limited, isCounted: isRegistration }),
    emailRequest: (ipAddress, run, limited) =>
      limit({ keys: ipKeys("mail", ipAddress), run, limited, isCounted: (error) => error === undefined }),
    stepUp: (attempt, run, limited) => limit({ keys: stepUpKeys(attempt), run, limited, isCounted: isWrongGuess }),
    secondFactor: (attempt, run, limited) =>
      limit({ keys: secondFactorKeys(attempt), run, limited, isCounted: isWrongGuess }),
  };
}

interface Limited<T> {
  keys: readonly RateLimitKey[];
  run: Guess<T>;
  /** Whether the try stays counted, by its error; undefined for success. */
  isCounted: (error: unknown) => boolean;
  limited: OnLimited | undefined;
}

function isWrongGuess(error: unknown): boolean {
  return error instanceof AuthError && error.reason === "invalid_credentials";
}

function isRegistration(error: unknown): boolean {
  if (error === undefined) return true;
  return error instanceof AuthError && (error.reason === "username_taken" || error.reason === "email_taken");
}

/** @throws {AuthError} `rate_limited`; then only the counter that rejected it stays counted */
async function countAll(
  counter: RateLimitCounter,
  tries: readonly CountedTry[],
  limited: OnLimited | undefined,
): Promise<void> {
  const done: CountedTry[] = [];
  for (const one of tries) {
    const { tries: made, leftMs } = await counter.count(one);
    if (made > one.window.tries) {
      await refundAll(counter, done);
      if (made === one.window.tries + 1) limited?.(one.scope);
      throw new AuthError("rate_limited", { retryAfterSeconds: secondsLeft(leftMs, one.window) });
    }
    done.push(one);
  }
}

/** Never longer than the window, also when the clock of the counter has jumped (fault case T07). */
function secondsLeft(leftMs: number, { perSeconds }: RateLimitWindow): number {
  return Math.min(perSeconds, Math.max(1, Math.ceil(leftMs / 1000)));
}

/** Best effort: a try that stays counted must not fail a call that has succeeded. */
async function refundAll(counter: RateLimitCounter, tries: readonly CountedTry[]): Promise<void> {
  await Promise.allSettled(tries.map((one) => counter.refund(one)));
}

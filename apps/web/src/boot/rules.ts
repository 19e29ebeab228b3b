import { randomBytes } from "node:crypto";
import {
  type Auth,
  type AuthOptions,
  type Clock,
  createAuth,
  createPasswordHasher,
  createRandomStock,
} from "@watchword/auth/core";
import type { Env } from "../env/env.ts";

export const clock: Clock = { now: () => Date.now() };

type RulesDeps = Pick<AuthOptions, "store" | "passwords"> &
  Partial<Pick<AuthOptions, "onEvent" | "isLeakedPassword" | "appData" | "rateLimitCounter">>;

/** The rules with this installation's settings: for the app, and for what its operator does from a terminal. */
export function createRules(env: Env, deps: RulesDeps): Auth {
  return createAuth({
    ...deps,
    clock,
    defer: afterTheAnswer,
    randomBytes: createRandomStock(randomBytes),
    secrets: env.secrets,
    issuer: env.appUrl,
    accessTokenTtlSeconds: env.accessTokenTtlSeconds,
    refreshTokenTtlSeconds: env.refreshTokenTtlSeconds,
    refreshIdleSeconds: env.refreshIdleSeconds,
    browserSessionTtlSeconds: env.browserSessionTtlSeconds,
    sessionsPerUser: env.sessionsPerUser,
    stepUpMaxAgeSeconds: env.stepUpMaxAgeSeconds,
    signingKeySeconds: env.signingKeySeconds,
    sessionsNotBefore: env.sessionsNotBefore,
    passwordMinLength: env.passwordMinLength,
    resetLinkSeconds: env.resetLinkSeconds,
    verifyLinkSeconds: env.verifyLinkSeconds,
    changeLinkSeconds: env.changeLinkSeconds,
    invitationLinkSeconds: env.invitationLinkSeconds,
    mailsPerAddressPerHour: env.mailsPerAddressPerHour,
    registration: env.registration,
    rateLimitRules: env.rateLimitRules,
  });
}

/** Milliseconds: an answer is on its way in one, and the next of the same client's comes after it. */
const answeredWithinMs = 40;

function afterTheAnswer(work: () => void): void {
  setTimeout(work, answeredWithinMs);
}

export function createHasher({
  bcryptCost: cost,
  passwordThreads: maxThreads,
  peppers: [pepper, ...previousPeppers],
}: Env) {
  return createPasswordHasher({ cost, maxThreads, previousPeppers, ...(pepper ? { pepper } : {}) });
}

import { AuthError } from "../core/domain/errors.ts";
import type { IssuedStepUp, IssuedTokens, SecondFactorRequired, Session } from "../core/domain/model.ts";
import type { AuthContext } from "./context.ts";
import {
  type LoginOutput,
  type SecondFactorOutput,
  type SessionTokensOutput,
  secondFactorOutput,
  sessionTokensOutput,
} from "./output.ts";

/**
 * Sends the tokens of a new session, and ends the one whose cookies they replace: no client could use or see it any more
 * (ASVS 7.2.4). Best effort, because the login itself has succeeded.
 */
export async function respondWithNewTokens(ctx: AuthContext, issued: IssuedTokens): Promise<LoginOutput> {
  const replaced =
    issued.session.delivery === "cookie" && ignoreConflict(() => ctx.tokenCookies.refreshCookie(ctx.request));
  if (replaced) {
    await ctx.auth.logout({ refreshToken: replaced, accessToken: undefined }).catch((error: unknown) => {
      if (!(error instanceof AuthError)) throw error;
    });
  }
  return { status: "complete", ...respondWithTokens(ctx, issued) };
}

/** The challenge goes into a cookie, or stays in the response's body. The session whose cookies the browser has goes on. */
export function respondWithChallenge(ctx: AuthContext, required: SecondFactorRequired): SecondFactorOutput {
  if (required.delivery === "cookie") ctx.tokenCookies.setChallenge(ctx.cookies, ctx.request, required);
  return secondFactorOutput(required);
}

/** Tokens go into cookies, or stay in the response's body for a client without cookies. */
export function respondWithTokens(ctx: AuthContext, issued: IssuedTokens): SessionTokensOutput {
  if (issued.session.delivery === "cookie") ctx.tokenCookies.setCookies(ctx.cookies, ctx.request, issued);
  return sessionTokensOutput(issued);
}

/** A step-up secret travels as its session's tokens do; `output.ts` decides what stands in the body. */
export function respondWithStepUp(ctx: AuthContext, stepUp: IssuedStepUp, { delivery, rememberMe }: Session): void {
  if (delivery === "cookie") ctx.tokenCookies.setStepUp(ctx.cookies, ctx.request, { stepUp, rememberMe });
}

/** For calls that get along without the token. */
export function ignoreConflict(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

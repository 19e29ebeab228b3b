import { initTRPC, TRPCError } from "@trpc/server";
import { AuthError } from "../core/domain/errors.ts";
import type { Principal, Role } from "../core/domain/model.ts";
import type { AssurancePurpose } from "../core/index.ts";
import type { AuthContext } from "./context.ts";
import { toErrorPayload } from "./errors.ts";
import { asksForStream, endWithSession, streamOf, streamSettings } from "./subscriptions/stream-life.ts";

/** What may be said of a procedure beside its types: who it is for. */
interface ProcedureMeta {
  /** The roles of which one is needed. Set by `requireRole`. */
  roles?: readonly Role[];
}

const t = initTRPC
  .context<AuthContext>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false, // no stack in a response, in development either: the log has it
    errorFormatter: ({ shape, error }) => {
      const { message, ...payload } = toErrorPayload(error);
      return { ...shape, message, data: { ...shape.data, ...payload } };
    },
    sse: {
      ping: { enabled: true, intervalMs: streamSettings.pingMs },
      client: { reconnectAfterInactivityMs: streamSettings.reconnectAfterInactivityMs },
    },
  });

export const { router, mergeRouters, createCallerFactory } = t;

/** Gives an `AuthError` its tRPC code; whatever else a procedure throws is tRPC's own business (and a 500). */
function withAuthErrors<Result extends Awaited<ReturnType<Parameters<typeof t.middleware>[0]>>>(
  result: Result,
): Result {
  if (result.ok) {
    const stream = streamOf(result.data);
    return stream ? { ...result, data: streamWithAuthErrors(stream) } : result;
  }
  const error = withCode(result.error.cause);
  if (error) throw error;
  return result;
}

async function* streamWithAuthErrors(stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* stream;
  } catch (error) {
    throw withCode(error) ?? error;
  }
}

function withCode(cause: unknown): TRPCError | undefined {
  if (!(cause instanceof AuthError)) return undefined;
  return new TRPCError({ code: cause.code, message: cause.message, cause });
}

/** At once where that is possible: a promise that only passes on costs as much as the check itself. */
function authenticated(ctx: AuthContext): Principal | Promise<Principal> {
  try {
    const principal = ctx.caller.authenticateAtOnce();
    return principal instanceof Promise ? principal.catch(throwWithCode) : principal;
  } catch (error) {
    return throwWithCode(error);
  }
}

function throwWithCode(error: unknown): never {
  throw withCode(error) ?? error;
}

const neverAborted = new AbortController().signal;

function abortedWith(signal: AbortSignal | undefined): AbortController {
  const controller = new AbortController();
  if (signal?.aborted) controller.abort();
  else signal?.addEventListener("abort", () => controller.abort(), { once: true });
  return controller;
}

/** For every caller. */
export const publicProcedure = t.procedure.use(async ({ next }) => withAuthErrors(await next()));

/**
 * For a caller who is logged in: takes the access cookie or `Authorization: Bearer`, and gives `ctx.user` and `ctx.session`.
 * Rejects with 401 and the reason otherwise (see `Auth.verify`).
 *
 * A subscription ends with its session, or with the access token that it was opened with, and says why. What it waits for
 * in between it has to wait for with `ctx.signal`.
 *
 * Not built on `publicProcedure`: for each step of a procedure tRPC copies the call twice, which costs as much as half of
 * the read of the session.
 */
export const protectedProcedure = t.procedure.use(async ({ ctx, type, signal, next }) => {
  const found = authenticated(ctx);
  const principal = found instanceof Promise ? await found : found;
  const { user, session } = principal;
  // Only a stream has to be notified of its end, and a listener costs more than one check of the session.
  const over = type === "subscription" || asksForStream(ctx.request) ? abortedWith(signal) : undefined;

  const result = await next({ ctx: { user, session, principal, signal: over?.signal ?? signal ?? neverAborted } });
  const stream = result.ok ? streamOf(result.data, over?.signal) : undefined;
  if (!stream) return withAuthErrors(result);
  const life = {
    enter: () => ctx.streaming.limit.enter(principal.user.id),
    recheck: () => ctx.auth.recheck(principal),
    delay: ctx.streaming.delay,
    closing: ctx.streaming.closing,
    over: over ?? abortedWith(signal), // a call of our own server's
  };
  return withAuthErrors({ ...result, data: endWithSession(stream, life) });
});

/**
 * For what is dangerous: like `protectedProcedure`, and a credential of the account must have been proven in this session a
 * short time ago (`stepUpMaxAgeSeconds`), on the calling device, which sends the step-up secret that it got for that. Rejects
 * with `reauthentication_required` before anything has run; after `auth.confirmPassword` or `auth.confirm` the same call goes
 * through (see `stepUpLink`). What is shown is held against the session's row at each request, so that it counts at once in every
 * process, and no access or refresh token can claim it.
 */
export const stepUpProcedure = procedureWithStepUp("step_up");

/** The same for what changes how the account is entered: an account with a second factor needs that as well. */
export const fullStepUpProcedure = procedureWithStepUp("credential_change");

function procedureWithStepUp(purpose: StepUpPurpose) {
  return protectedProcedure.use(async ({ ctx, next }) => {
    await requireStepUp(ctx, purpose);
    return next();
  });
}

type StepUpPurpose = Extract<AssurancePurpose, "step_up" | "credential_change" | "administration">;

async function requireStepUp(
  { auth, tokenCookies, request, principal }: AuthContext & { principal: Principal },
  purpose: StepUpPurpose,
) {
  const stepUpToken = tokenCookies.stepUpToken(request, principal.session.delivery);
  await auth.requireStepUp({ principal, stepUpToken, purpose });
}

/**
 * For a caller with one of these roles: like `protectedProcedure`, and rejects every other caller with 403 `forbidden` (see
 * `createAccess`). The roles stand in the procedure's `meta`, so that a list of procedures says who each is for.
 */
export function requireRole(...roles: [Role, ...Role[]]) {
  return protectedProcedure.meta({ roles }).use(({ ctx, meta, path, next }) => {
    const { principal, client } = ctx;
    ctx.auth.requireRole({ principal, client, roles: meta?.roles ?? [], procedure: path });
    return next();
  });
}

/** The same, and what the account has must have been proven a short time ago, the second factor too; see `stepUpProcedure`. */
export function requireRoleAndStepUp(...roles: [Role, ...Role[]]) {
  return requireRole(...roles).use(async ({ ctx, next }) => {
    await requireStepUp(ctx, "administration");
    return next();
  });
}

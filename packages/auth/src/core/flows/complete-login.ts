import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Credentials, Delivery, IssuedTokens } from "../domain/model.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { createAuthenticate } from "./authentication/authenticate.ts";
import { createChallenges, type OpenChallenge } from "./authentication/challenges.ts";
import { createFinishLogin } from "./authentication/finish-login.ts";
import { readKind, stateOf, verifyResponse, wrongResponseError } from "./authentication/secret-credentials.ts";
import type { AuthDeps } from "./deps.ts";

/** A challenge of a login as it arrives with a call. */
export interface PresentedLogin {
  challenge: string | undefined;
  delivery: Delivery;
}

export interface BeginSecondFactorInput extends PresentedLogin {
  /** One of the methods that the login was answered with. */
  method: string;
}

export interface CompleteLoginInput extends BeginSecondFactorInput, ClientInfo {
  response: string;
  /** The device's token from an earlier login, if it sends one. */
  deviceToken?: string | undefined;
}

/** What the owner of a challenge of a login may choose from. */
export interface PendingLogin {
  methods: readonly string[];
  /** Seconds. */
  expiresIn: number;
}

type CompleteDeps = Pick<
  AuthDeps,
  | "clock"
  | "credentialKinds"
  | "devices"
  | "emit"
  | "limits"
  | "passwords"
  | "randomBytes"
  | "rateLimiter"
  | "secretData"
  | "sendEmail"
  | "settings"
  | "store"
>;

/** The second half of a login: the response of a device to the challenge that the first half was answered with. */
export function createCompleteLogin(deps: CompleteDeps, issuer: TokenIssuer) {
  const { clock, devices, rateLimiter, randomBytes, emit } = deps;
  const challenges = createChallenges(deps);
  const answer = createResponseCheck(deps, issuer);
  const open = ({ challenge, delivery }: PresentedLogin) =>
    challenges.open({ token: challenge, purpose: "login", delivery });

  return {
    async findPendingLogin(presented: PresentedLogin): Promise<PendingLogin> {
      const { challenge, data } = await open(presented);
      const { missing } = await resume(deps, challenge, data.proven);
      return { methods: missing, expiresIn: Math.ceil((challenge.expiresAt - clock.now()) / 1000) };
    },

    async beginSecondFactor({ method, ...presented }: BeginSecondFactorInput) {
      const opened = await open(presented);
      const { kind, credentials } = await readKind(deps, opened.challenge.userId, method);
      const begun = await kind.begin?.({ credentials, now: clock.now(), randomBytes });
      await challenges.keep(opened, begun && { kind: method, state: begun.state });
      return { options: begun?.options ?? {} };
    },

    async completeLogin(input: CompleteLoginInput): Promise<IssuedTokens> {
      const opened = await open(input);
      const { userId } = opened.challenge;
      const attempt = { userId, deviceId: devices?.read(input.deviceToken, userId) };
      return rateLimiter.secondFactor(
        attempt,
        () => answer(opened, input),
        (scope) => emit({ type: "attempts_limited", scope, userId, sessionId: null }, input),
      );
    },
  };
}

function createResponseCheck(deps: CompleteDeps, issuer: TokenIssuer) {
  const { clock } = deps;
  const challenges = createChallenges(deps);
  const authenticate = createAuthenticate(deps);
  const finish = createFinishLogin(deps, issuer);

  return async (opened: OpenChallenge, input: CompleteLoginInput): Promise<IssuedTokens> => {
    const { challenge, key, data } = opened;
    const { user, kinds, missing } = await resume(deps, challenge, data.proven);
    const readable = await readKind(deps, user.id, input.method);
    if (!missing.includes(input.method)) throw new AuthError("challenge_invalid");
    const state = readable.kind.begin && stateOf(opened, input.method);
    // Before the response is checked, so that concurrent responses do not bypass the bound.
    await challenges.takeTry(opened);
    const use = await verifyResponse(deps, readable, { response: input.response, state });
    if (!use) throw secondFactorError(deps, user.id, input);
    const result = authenticate.complete("login", {
      user,
      kinds,
      methods: [...data.proven, { kind: input.method, at: clock.now() }],
    });
    if ("missing" in result) throw new AuthError("challenge_invalid");
    const uses = data.proven.some(({ kind }) => kind === "password") ? [{ id: user.id, now: clock.now() }, use] : [use];
    const start = { ...input, delivery: data.delivery, rememberMe: data.rememberMe };
    return finish(result, start, { challenge: { ...key, now: clock.now() }, uses });
  };
}

/**
 * What the login still misses, by the account as it is now.
 *
 * @throws {AuthError} `challenge_invalid` where the credentials have changed since
 */
async function resume(
  deps: Pick<AuthDeps, "clock" | "credentialKinds" | "emit" | "passwords" | "store">,
  { userId, credentialVersion }: OpenChallenge["challenge"],
  methods: OpenChallenge["data"]["proven"],
): Promise<Pick<Credentials, "user" | "kinds"> & { missing: readonly string[] }> {
  const found = await deps.store.findCredentialsById(userId);
  if (found?.user.credentialVersion !== credentialVersion) throw new AuthError("challenge_invalid");
  const { user, kinds } = found;
  const result = createAuthenticate(deps).complete("login", { user, kinds, methods });
  if (!("missing" in result)) throw new AuthError("challenge_invalid");
  return { user, kinds, missing: result.missing };
}

function secondFactorError(deps: Pick<AuthDeps, "emit">, userId: string, client: ClientInfo): AuthError {
  deps.emit({ type: "login_failed", userId, why: "wrong_second_factor" }, client);
  return wrongResponseError();
}

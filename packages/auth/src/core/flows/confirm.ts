import type { ClientInfo, IssuedStepUp, Principal } from "../domain/model.ts";
import { createChallenges, type OpenChallenge } from "./authentication/challenges.ts";
import { rejectUnknownKinds } from "./authentication/require-assurance.ts";
import { readKind, stateOf, verifyResponse, wrongResponseError } from "./authentication/secret-credentials.ts";
import { createStepUpIssuer, type StepUpDeps } from "./step-up.ts";

export interface BeginStepUpInput {
  /** The step-up counts for this session only. */
  principal: Pick<Principal, "user" | "session">;
  /** A kind of credential that the account has, other than the password. */
  method: string;
  client: ClientInfo;
}

export interface StepUpBegun {
  /** To be sent with the response; undefined for a kind that draws nothing. */
  challenge: string | undefined;
  /** For the device that responds. */
  options: Readonly<Record<string, unknown>>;
  /** Seconds for which a response is taken. */
  expiresIn: number;
}

export interface ConfirmInput extends BeginStepUpInput {
  response: string;
  /** From `beginStepUp`. */
  challenge: string | undefined;
  /** The step-up secret that the device has: what was proven with it keeps its age. */
  stepUpToken?: string | undefined;
}

/** A step-up by any kind of credential but the password: see `createStepUp` for that. */
export function createConfirm(deps: StepUpDeps) {
  const { clock, randomBytes, settings, rateLimiter, emit } = deps;
  const challenges = createChallenges(deps);
  const check = createResponseCheck(deps);
  return {
    async beginStepUp({ principal: { user, session }, method, client }: BeginStepUpInput): Promise<StepUpBegun> {
      const { kind, credentials } = await readKind(deps, user.id, method);
      const begun = await kind.begin?.({ credentials, now: clock.now(), randomBytes });
      if (!begun) return { challenge: undefined, options: {}, expiresIn: settings.stepUpMaxAgeSeconds };
      const { delivery, rememberMe } = session;
      const data = { delivery, rememberMe, proven: [], begun: { kind: method, state: begun.state } };
      const { token, expiresIn } = await challenges.begin({
        purpose: "step_up",
        user,
        sessionId: session.id,
        data,
        client,
      });
      return { challenge: token, options: begun.options, expiresIn };
    },

    async confirm(input: ConfirmInput): Promise<IssuedStepUp> {
      const { principal, client } = input;
      const about = { userId: principal.user.id, sessionId: principal.session.id };
      return rateLimiter.stepUp(
        about,
        () => check(input),
        (scope) => emit({ type: "attempts_limited", scope, ...about }, client),
      );
    },
  };
}

function createResponseCheck(deps: StepUpDeps) {
  const { store, clock, emit } = deps;
  const challenges = createChallenges(deps);
  const issue = createStepUpIssuer(deps);

  return async (input: ConfirmInput): Promise<IssuedStepUp> => {
    const { principal, method, client } = input;
    const about = { userId: principal.user.id, sessionId: principal.session.id, kind: method };
    const found = await store.findCredentialsById(about.userId);
    rejectUnknownKinds(deps, found?.kinds ?? []);
    const readable = await readKind(deps, about.userId, method);
    const opened = readable.kind.begin && (await open(input));
    const state = opened && stateOf(opened, method);
    const use = await verifyResponse(deps, readable, { response: input.response, state });
    if (!use) {
      emit({ type: "step_up_failed", ...about }, client);
      throw wrongResponseError();
    }
    const { credentialVersion } = found?.user ?? principal.user;
    const challenge = opened && { ...opened.key, now: clock.now() };
    const issued = await issue(input, { kind: method, credentialVersion, evidence: { challenge, uses: [use] } });
    emit({ type: "step_up_confirmed", ...about }, client);
    return issued;
  };

  /** Takes a try before the response is checked. */
  async function open({ challenge: token, principal: { session } }: ConfirmInput): Promise<OpenChallenge> {
    const { id: sessionId, delivery } = session;
    const opened = await challenges.open({ token, purpose: "step_up", delivery, sessionId });
    await challenges.takeTry(opened);
    return opened;
  }
}

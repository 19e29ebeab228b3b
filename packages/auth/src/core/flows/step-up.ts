import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, IssuedStepUp, Principal } from "../domain/model.ts";
import type { Evidence } from "../ports/session-store.ts";
import { generateStepUpSecret, stepUpMethodsOf } from "../tokens/step-up-secret.ts";
import { addMethod, rejectUnknownKinds, requireAssurance } from "./authentication/require-assurance.ts";
import type { AssurancePurpose } from "./decide-assurance.ts";
import type { AuthDeps } from "./deps.ts";
import { writeRejection } from "./session-errors.ts";

interface StepUpCall {
  /** The step-up counts for this session only. */
  principal: Pick<Principal, "user" | "session">;
  /** The step-up secret that the device has: what was proven with it keeps its age. */
  stepUpToken?: string | undefined;
  /** Where the request came from, where that is known: for the audit log. */
  client?: ClientInfo;
}

export interface ConfirmPasswordInput extends StepUpCall {
  password: string;
}

export interface RequireStepUpInput {
  principal: Pick<Principal, "session">;
  /** The secret that was issued to this device. */
  stepUpToken: string | undefined;
  purpose?: Extract<AssurancePurpose, "step_up" | "credential_change" | "administration">;
}

export type StepUpDeps = Pick<
  AuthDeps,
  | "clock"
  | "credentialKinds"
  | "emit"
  | "limitInFlight"
  | "limits"
  | "passwords"
  | "randomBytes"
  | "rateLimiter"
  | "secretData"
  | "settings"
  | "store"
>;

/**
 * Step-up for sensitive calls: a session lasts for weeks, so an unlocked screen or a copied token must not be enough for what
 * cannot be undone (ASVS 7.2.4, 7.5.1, 7.5.3). The step-up secret goes only to the device that proved a credential: no refresh
 * renews it, and no access or refresh token replaces it.
 */
export function createStepUp(deps: StepUpDeps) {
  const { store, passwords, clock, rateLimiter, limitInFlight, emit } = deps;
  const issue = createStepUpIssuer(deps);
  return {
    async requireStepUp({ principal, stepUpToken, purpose = "step_up" }: RequireStepUpInput): Promise<void> {
      const found = await store.findStoredSession(principal.session.id);
      if (!found) throw new AuthError("reauthentication_required");
      requireAssurance(deps, { purpose, kinds: found.kinds, proven: stepUpMethodsOf(found.session, stepUpToken) });
    },

    async confirmPassword({ password, ...call }: ConfirmPasswordInput): Promise<IssuedStepUp> {
      const { principal, client } = call;
      const about = { userId: principal.user.id, sessionId: principal.session.id };
      const found = await store.findCredentialsById(about.userId);
      rejectUnknownKinds(deps, found?.kinds ?? []);
      const check = async () => {
        const verdict = await passwords.verify(password, found?.passwordHash ?? undefined);
        if (found && verdict.matches) return found;
        emit({ type: "password_confirm_failed", ...about }, client);
        const message = "That password is not right";
        throw new AuthError("invalid_credentials", { message, fields: { password: [message] } });
      };
      const limited = () => limitInFlight(client?.ipAddress ?? null, check, about.sessionId);
      const { user } = await rateLimiter.stepUp(about, limited, (scope) =>
        emit({ type: "attempts_limited", scope, ...about }, client),
      );
      // The version that was read together with the hash: it identifies the password that matched.
      const { credentialVersion } = user;
      const evidence = { uses: [{ id: user.id, now: clock.now() }] };
      const issued = await issue(call, { kind: "password", credentialVersion, evidence });
      emit({ type: "password_confirmed", ...about }, client);
      return issued;
    },
  };
}

interface ProvenStepUp {
  kind: string;
  /** The version that was read together with the credential that was proven. */
  credentialVersion: number;
  evidence: Evidence;
}

/** Issues a step-up secret for one more kind that the device has proved. What it proved before keeps its age. */
export function createStepUpIssuer(deps: StepUpDeps) {
  const { store, clock, randomBytes, settings } = deps;
  return async (
    { principal: { session }, stepUpToken }: StepUpCall,
    { kind, credentialVersion, evidence }: ProvenStepUp,
  ): Promise<IssuedStepUp> => {
    const now = clock.now();
    const found = await store.findStoredSession(session.id);
    const { token, hash: stepUpHash } = generateStepUpSecret(randomBytes);
    const methods = addMethod(found, stepUpToken, { kind, at: now });
    const stepUp = { sessionId: session.id, credentialVersion, stepUpHash, methods, now, evidence };
    const outcome = await store.recordStepUp(stepUp);
    if (outcome === "already_used") throw new AuthError("challenge_invalid");
    if (outcome === "rejected") throw await writeRejection(deps, session.id);
    return { token, expiresIn: settings.stepUpMaxAgeSeconds };
  };
}

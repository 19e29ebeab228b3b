import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, IssuedStepUp, Principal } from "../domain/model.ts";
import { generateStepUpSecret, isStepUpFresh } from "../tokens/step-up-secret.ts";
import type { AuthDeps } from "./deps.ts";
import { writeRejection } from "./session-errors.ts";

export interface ConfirmPasswordInput {
  /** The step-up counts for this session only. */
  principal: Pick<Principal, "user" | "session">;
  password: string;
  /** Where the request came from, where that is known: for the audit log. */
  client?: ClientInfo;
}

export interface RequireStepUpInput {
  principal: Pick<Principal, "session">;
  /** The secret that `Auth.confirmPassword` issued to this device. */
  stepUpToken: string | undefined;
}

/**
 * Step-up for sensitive calls: a session lasts for weeks, so an unlocked screen or a copied token must not be enough for what
 * cannot be undone (ASVS 7.2.4, 7.5.1, 7.5.3). The step-up secret goes only to the device that sent the password: no refresh
 * renews it, and no access or refresh token replaces it.
 */
export function createStepUp(
  deps: Pick<
    AuthDeps,
    "rateLimiter" | "clock" | "limits" | "passwords" | "randomBytes" | "settings" | "limitInFlight" | "store" | "emit"
  >,
) {
  const { store, passwords, clock, randomBytes, settings, rateLimiter, limitInFlight, emit } = deps;
  return {
    async requireStepUp({ principal: { session }, stepUpToken }: RequireStepUpInput): Promise<void> {
      const found = await store.findStoredSession(session.id);
      const freshness = { now: clock.now(), maxAgeMs: settings.stepUpMaxAgeSeconds * 1000 };
      if (found && isStepUpFresh(found.session, stepUpToken, freshness)) return;
      throw new AuthError("reauthentication_required");
    },

    async confirmPassword({
      principal: { user, session },
      password,
      client,
    }: ConfirmPasswordInput): Promise<IssuedStepUp> {
      const found = await store.findCredentialsById(user.id);
      const about = { userId: user.id, sessionId: session.id };
      const check = async () => {
        const verdict = await passwords.verify(password, found?.passwordHash ?? undefined);
        if (found && verdict.matches) return found;
        emit({ type: "password_confirm_failed", ...about }, client);
        const message = "That password is not right";
        throw new AuthError("invalid_credentials", { message, fields: { password: [message] } });
      };
      const limited = () => limitInFlight(client?.ipAddress ?? null, check, session.id);
      const { user: asRead } = await rateLimiter.stepUp(about, limited, (scope) =>
        emit({ type: "attempts_limited", scope, ...about }, client),
      );
      // The version that was read together with the hash: it identifies the password that matched.
      const { credentialVersion } = asRead;
      const { token, hash: stepUpHash } = generateStepUpSecret(randomBytes);
      const stepUp = { sessionId: session.id, credentialVersion, stepUpHash, now: clock.now() };
      if (!(await store.recordStepUp(stepUp))) throw await writeRejection(deps, session.id);
      emit({ type: "password_confirmed", ...about }, client);
      return { token, expiresIn: settings.stepUpMaxAgeSeconds };
    },
  };
}

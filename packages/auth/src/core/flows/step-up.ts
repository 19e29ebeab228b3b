import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, IssuedStepUp, Principal } from "../domain/model.ts";
import { generateStepUpSecret, isStepUpFresh } from "../tokens/step-up-secret.ts";
import type { AuthDeps } from "./deps.ts";
import { rejectionOfWrite } from "./session-errors.ts";

export interface ConfirmPasswordInput {
  /** Who is asking: it counts for this session, and for none of their others. */
  principal: Pick<Principal, "user" | "session">;
  password: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

export interface RequireStepUpInput {
  principal: Pick<Principal, "session">;
  /** What the device was given when the password was given; see `Auth.confirmPassword`. */
  stepUpToken: string | undefined;
}

/**
 * Fresh proof for dangerous things: a session lasts for weeks, and a screen left open, or a token that was copied, must not
 * be enough for what cannot be taken back (ASVS 7.2.4, 7.5.1, 7.5.3). The proof is a secret of its own, which the device gets
 * that gave the password: no refresh renews it, and no access or refresh token of any age stands in for it.
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
        const verdict = await passwords.verify(password, found?.passwordHash);
        if (found && verdict.matches) return found;
        emit({ type: "password_confirm_failed", ...about }, client);
        const message = "That password is not right";
        throw new AuthError("invalid_credentials", { message, fields: { password: [message] } });
      };
      const inTurn = () => limitInFlight(client?.ipAddress ?? null, check, session.id);
      const { user: asRead } = await rateLimiter.proof(about, inTurn, (scope) =>
        emit({ type: "attempts_limited", scope, ...about }, client),
      );
      // The version that was read together with the hash: it says which password it was that matched.
      const { credentialVersion } = asRead;
      const { token, hash: stepUpHash } = generateStepUpSecret(randomBytes);
      const proof = { sessionId: session.id, credentialVersion, stepUpHash, now: clock.now() };
      if (!(await store.recordStepUp(proof))) throw await rejectionOfWrite(deps, session.id);
      emit({ type: "password_confirmed", ...about }, client);
      return { token, expiresIn: settings.stepUpMaxAgeSeconds };
    },
  };
}

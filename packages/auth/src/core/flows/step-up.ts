import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, IssuedStepUp, Principal } from "../domain/model.ts";
import { drawStepUp, isStepUpFresh } from "../tokens/step-up-secret.ts";
import type { AuthParts } from "./deps.ts";
import { refusalOfWrite } from "./session-errors.ts";

export interface ConfirmPasswordInput {
  /** Who is asking: it counts for this session, and for none of their others. */
  principal: Pick<Principal, "user" | "session">;
  password: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

export interface RequireProofInput {
  principal: Pick<Principal, "session">;
  /** What the device was given when the password was given; see `Auth.confirmPassword`. */
  stepUpToken: string | undefined;
}

/**
 * Fresh proof for dangerous things: a session lasts for weeks, and a screen left open, or a token that was copied, must not
 * be enough for what cannot be taken back (ASVS 7.2.4, 7.5.1, 7.5.3). The proof is a secret of its own, which the device gets
 * that gave the password: no refresh renews it, and no access or refresh token of any age stands in for it.
 */
export function createProof(parts: AuthParts) {
  const { store, passwords, clock, randomBytes, settings, attempts, share, tell } = parts;
  return {
    async requireProof({ principal: { session }, stepUpToken }: RequireProofInput): Promise<void> {
      const found = await store.findSession(session.id);
      const freshness = { now: clock.now(), maxAgeMs: settings.proofMaxAgeSeconds * 1000 };
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
        tell({ type: "password_confirm_failed", ...about }, client);
        const message = "That password is not right";
        throw new AuthError("invalid_credentials", { message, fields: { password: [message] } });
      };
      const inTurn = () => share(client?.ipAddress ?? null, check, session.id);
      const { user: asRead } = await attempts.proof(about, inTurn, (scope) =>
        tell({ type: "attempts_limited", scope, ...about }, client),
      );
      // The version that was read together with the hash: it says which password it was that matched.
      const { credentialVersion } = asRead;
      const { token, hash: stepUpHash } = drawStepUp(randomBytes);
      const proof = { sessionId: session.id, credentialVersion, stepUpHash, now: clock.now() };
      if (!(await store.renewProof(proof))) throw await refusalOfWrite(parts, session.id);
      tell({ type: "password_confirmed", ...about }, client);
      return { token, expiresIn: settings.proofMaxAgeSeconds };
    },
  };
}

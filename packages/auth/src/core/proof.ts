import type { Auth, AuthParts } from "./auth.ts";
import { clockToleranceSeconds } from "./config.ts";
import { AuthError } from "./errors.ts";
import { refusalOfWrite } from "./refused-write.ts";
import type { SessionFacts } from "./store.ts";
import type { ClientInfo } from "./token-issuer.ts";
import type { Principal } from "./verify.ts";

export interface ConfirmPasswordInput {
  /** Who is asking: it counts for this session, and for none of their others. */
  principal: Pick<Principal, "user" | "session">;
  password: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

/**
 * Whether the password was given in this session so short a time ago that it still counts. As with the life of a session,
 * the last instant is over already. A clock that was put back a little makes a negative age, which counts as none; what was given
 * further in the future than servers may differ proves nothing, or it would stay fresh until then (fault case T07).
 */
export function isProofFresh(session: Pick<SessionFacts, "authenticatedAt">, now: number, maxAgeMs: number): boolean {
  const age = now - session.authenticatedAt;
  return age < maxAgeMs && age >= -clockToleranceSeconds * 1000;
}

/**
 * Fresh proof for dangerous things: a session lasts for weeks, and a screen left open, or a token that was copied, must not
 * be enough for what cannot be taken back (ASVS 7.5.1, 7.5.3). No refresh renews it, only the password.
 */
export function createProof(parts: AuthParts): Pick<Auth, "requireProof" | "confirmPassword"> {
  const { store, passwords, clock, settings, attempts, tell } = parts;
  return {
    requireProof({ session }) {
      if (isProofFresh(session, clock.now(), settings.proofMaxAgeSeconds * 1000)) return;
      throw new AuthError("reauthentication_required");
    },

    async confirmPassword({ principal: { user, session }, password, client }) {
      const found = await store.findCredentialsById(user.id);
      const check = async () => {
        const verdict = await passwords.verify(password, found?.passwordHash);
        if (found && verdict.matches) return found;
        tell({ type: "password_confirm_failed", userId: user.id, sessionId: session.id }, client);
        const message = "That password is not right";
        throw new AuthError("invalid_credentials", { message, fields: { password: [message] } });
      };
      const about = { userId: user.id, sessionId: session.id };
      const { user: asRead } = await attempts.proof(session.id, check, (scope) =>
        tell({ type: "attempts_limited", scope, ...about }, client),
      );
      // The version that was read together with the hash: it says which password it was that matched.
      const { credentialVersion } = asRead;
      const renewed = await store.renewProof({ sessionId: session.id, credentialVersion, now: clock.now() });
      if (!renewed) throw await refusalOfWrite(parts, session.id);
      tell({ type: "password_confirmed", userId: user.id, sessionId: session.id }, client);
    },
  };
}

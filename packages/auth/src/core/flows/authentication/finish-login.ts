import type { Authentication } from "../../domain/authentication.ts";
import { AuthError } from "../../domain/errors.ts";
import type { IssuedTokens, SessionStart } from "../../domain/model.ts";
import type { Evidence } from "../../ports/session-store.ts";
import type { TokenIssuer } from "../../tokens/token-issuer.ts";
import type { AuthDeps } from "../deps.ts";
import { loginError } from "./authenticate.ts";
import { createNewDeviceAlert } from "./new-device-alert.ts";
import { createStartSession } from "./start-session.ts";

type FinishDeps = Pick<AuthDeps, "clock" | "devices" | "emit" | "limits" | "sendEmail" | "settings" | "store">;

/** The end of every login, however many factors it had: the session, its event, the alert and the tokens. */
export function createFinishLogin(deps: FinishDeps, issuer: TokenIssuer) {
  const { devices, emit } = deps;
  const startSession = createStartSession(deps, issuer);
  const alertNewDevice = createNewDeviceAlert(deps);

  /**
   * @param beforeIssue done when the session has begun
   * @throws {AuthError} `invalid_credentials` where the credentials have changed | `challenge_invalid` where the evidence was used
   */
  return async (
    authentication: Authentication,
    input: SessionStart & { deviceToken?: string | undefined },
    evidence: Evidence,
    beforeIssue: () => Promise<void> = async () => undefined,
  ): Promise<IssuedTokens> => {
    const { user } = authentication;
    const started = await startSession(authentication, input, evidence);
    if (started === "already_used") throw new AuthError("challenge_invalid");
    if (started === "credentials_changed") {
      throw loginError(deps, { found: { user }, client: input, why: "credentials_changed" });
    }
    emit({ type: "login_succeeded", userId: user.id, sessionId: started.session.id }, input);
    alertNewDevice(user, started.session);
    await beforeIssue();
    const issued = await started.issue();
    return devices ? devices.remember(issued, input.deviceToken) : issued;
  };
}

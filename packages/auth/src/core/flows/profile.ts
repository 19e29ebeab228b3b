import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal } from "../domain/model.ts";
import { validateName } from "../identifiers/account-text.ts";
import type { AuthDeps } from "./deps.ts";
import { rejectionOfWrite } from "./session-errors.ts";

export interface NameChangeInput {
  principal: Pick<Principal, "user" | "session">;
  name: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

/** Held to the same rules as at registration. Access tokens that say the old name have run out with it. */
export function createNameChange(deps: Pick<AuthDeps, "clock" | "limits" | "store" | "emit">) {
  return async ({ principal: { user, session }, name: typed, client }: NameChangeInput): Promise<string> => {
    const complaint = validateName(typed);
    if (complaint) throw new AuthError("validation_failed", { fields: { name: [complaint] } });
    const name = typed.trim();
    if (!(await deps.store.changeName({ userId: user.id, name }))) throw await rejectionOfWrite(deps, session.id);
    deps.emit({ type: "name_changed", userId: user.id, sessionId: session.id }, client);
    return name;
  };
}

import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal } from "../domain/model.ts";
import { validateName } from "../identifiers/name.ts";
import type { AuthDeps } from "./deps.ts";
import { writeRejection } from "./session-errors.ts";

export interface NameChangeInput {
  principal: Pick<Principal, "user" | "session">;
  name: string;
  /** Where the request came from, where that is known: for the audit log. */
  client?: ClientInfo;
}

/** The same rules as at registration. Access tokens with the old name count as expired. */
export function createNameChange(deps: Pick<AuthDeps, "clock" | "limits" | "store" | "emit">) {
  return async ({ principal: { user, session }, name: typed, client }: NameChangeInput): Promise<string> => {
    const issue = validateName(typed);
    if (issue) throw new AuthError("validation_failed", { fields: { name: [issue] } });
    const name = typed.trim();
    if (!(await deps.store.changeName({ userId: user.id, name }))) throw await writeRejection(deps, session.id);
    deps.emit({ type: "name_changed", userId: user.id, sessionId: session.id }, client);
    return name;
  };
}

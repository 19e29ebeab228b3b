import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal } from "../domain/model.ts";
import { complainAboutName } from "../identifiers/account-text.ts";
import type { AuthParts } from "./deps.ts";
import { refusalOfWrite } from "./session-errors.ts";

export interface NameChangeInput {
  principal: Pick<Principal, "user" | "session">;
  name: string;
  /** Where it came from, where that is known: for the timeline. */
  client?: ClientInfo;
}

/** Held to the same rules as at registration. Access tokens that say the old name have run out with it. */
export function createNameChange(parts: AuthParts) {
  return async ({ principal: { user, session }, name: typed, client }: NameChangeInput): Promise<string> => {
    const complaint = complainAboutName(typed);
    if (complaint) throw new AuthError("validation_failed", { fields: { name: [complaint] } });
    const name = typed.trim();
    if (!(await parts.store.changeName({ userId: user.id, name }))) throw await refusalOfWrite(parts, session.id);
    parts.tell({ type: "name_changed", userId: user.id, sessionId: session.id }, client);
    return name;
  };
}

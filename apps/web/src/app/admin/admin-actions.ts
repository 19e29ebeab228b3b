import type { Role } from "@watchword/auth/core";
import type { useTRPCClient } from "../../session/trpc/client.tsx";

/** One thing that an administrator does, as a form carries it. */
export type AdminAct =
  | { do: "endSession"; userId: string; sessionId: string }
  | { do: "endSessions" | "disable" | "enable" | "sendInvitation"; userId: string }
  | { do: "setRole"; userId: string; role: Role };

type Admin = ReturnType<typeof useTRPCClient>["admin"];

/** Over the wire, from a page. */
export function call(admin: Admin, { do: what, ...input }: AdminAct): Promise<unknown> {
  return admin[what].mutate(input as never);
}

/** What is said when it is done, with a script or without one. */
export const doneWords: Readonly<Record<AdminAct["do"] | "invited" | "notInvited", string>> = {
  invited: "The account is created, and an invitation is sent to its address.",
  notInvited: "The account is created. The invitation could not be sent now: send it again later.",
  sendInvitation: "The invitation is sent again.",
  endSession: "That session is ended.",
  endSessions: "Every session of this account is ended.",
  disable: "This account is disabled.",
  enable: "This account is enabled.",
  setRole: "The role of this account is changed.",
};

/** The words for what a page's address says was done; undefined for anything else that stands there. */
export function doneWordsOf(act: string | string[] | undefined): string | undefined {
  return typeof act === "string" && Object.hasOwn(doneWords, act)
    ? doneWords[act as keyof typeof doneWords]
    : undefined;
}

/** The page of a new user, which says what became of the invitation. */
export function createdHref({ user, invited }: { user: { id: string }; invited: boolean }): string {
  return `/admin/users/${user.id}?from=${invited ? "invited" : "notInvited"}`;
}

/** Whether it is so already: another administrator was faster. An invitation that was not sent is not. */
export function isDoneAlready(what: string, reason: string | undefined): boolean {
  return reason === "not_found" && what !== "sendInvitation";
}

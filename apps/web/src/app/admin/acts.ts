import type { Role } from "@watchword/auth/core";
import type { useTRPCClient } from "../../trpc/client.tsx";

/** One thing that an administrator does, as a form carries it. */
export type Act =
  | { do: "endSession"; userId: string; sessionId: string }
  | { do: "endSessions" | "disable" | "enable"; userId: string }
  | { do: "setRole"; userId: string; role: Role };

type Admin = ReturnType<typeof useTRPCClient>["admin"];

/** Over the wire, from a page. */
export function call(admin: Admin, { do: what, ...input }: Act): Promise<unknown> {
  return admin[what].mutate(input as never);
}

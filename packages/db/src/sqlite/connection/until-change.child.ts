import type { AuthStore } from "@watchword/auth/core";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { openSqlite } from "./connection.ts";

/** Makes each change that it is sent: `node until-change.child.mjs <database>`. */
export type Question = { [Name in Change]: [Name, Parameters<AuthStore[Name]>[0]] }[Change];
export type Reply = "ready" | { done: unknown } | { failed: string };

type Change =
  | "revokeSession"
  | "disableUser"
  | "enableUser"
  | "setRole"
  | "changeName"
  | "changePassword"
  | "recordStepUp";

const [file = ""] = process.argv.slice(2);
const store = createSqliteAuthStore(openSqlite({ file, retryForMs: 15_000 }));

process.on("message", ([change, input]: Question) => {
  void (store[change] as (input: unknown) => Promise<unknown>)(input).then(
    (done) => process.send?.({ done } satisfies Reply),
    (error: unknown) => process.send?.({ failed: String(error) } satisfies Reply),
  );
});
process.once("disconnect", () => process.exit());
process.send?.("ready" satisfies Reply);

import { AuthError } from "../../../core/domain/errors.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import type { Turns } from "../../turns.ts";

export interface Watch {
  turns: Turns;
  /** Asked before each method: whether the database cannot be reached just now. */
  isOut(): boolean;
  /** Told of each method that was done, at the moment at which it was. */
  onDone(method: keyof AuthStore, input: unknown, result: unknown): void;
}

/** After these there is a gate too: a process may die when it has written, before it has answered. */
const writes: ReadonlySet<string> = new Set([
  "createAccount",
  "createSession",
  "rotateSession",
  "reissueSession",
  "revokeSession",
  "addChallenge",
  "takeChallengeTry",
  "upgradePasswordHash",
  "changePassword",
  "disableUser",
] satisfies Array<keyof AuthStore>);

/** Reading the signing keys is shared by whatever waits for it, so that none of them is alone in the turn. */
const ungated: ReadonlySet<string> = new Set(["keyRingVersion", "readKeyRing", "addSigningKey"] satisfies Array<
  keyof AuthStore
>);

const unawaited: ReadonlySet<string> = new Set(["appendAuditEntry", "listDevices", "enqueueEmail"] satisfies Array<
  keyof AuthStore
>);

type Method = (input: unknown, ...more: unknown[]) => Promise<unknown>;

/** A store with a gate before each method and after each write, which may be out of reach, and which tells what it did. */
export function watchStore(store: AuthStore, { turns, isOut, onDone }: Watch): AuthStore {
  const watched = Object.entries(store).map(([name, method]: [string, Method]) => [
    name,
    // No call waits for the audit log, nor for a mail that tells what happened: they have no turn of their own.
    unawaited.has(name)
      ? method
      : async (input: unknown, ...more: unknown[]) => {
          if (!ungated.has(name)) await turns.pause(name, "before");
          if (isOut()) throw new AuthError("temporarily_unavailable");
          const result = await method(input, ...more);
          onDone(name as keyof AuthStore, input, result);
          if (writes.has(name)) await turns.pause(name, "after");
          return result;
        },
  ]);
  return Object.fromEntries(watched) as AuthStore;
}

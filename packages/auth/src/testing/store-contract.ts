import { describe } from "vitest";
import { describeAccounts } from "./contract-accounts.ts";
import { describeAdmin } from "./contract-admin.ts";
import { describeDeletion } from "./contract-deletion.ts";
import { describeEndings } from "./contract-endings.ts";
import { describeHousekeeping } from "./contract-housekeeping.ts";
import { describeMailClock } from "./contract-mail-clock.ts";
import { describeMailLinks } from "./contract-mail-links.ts";
import { describeOrders } from "./contract-orders.ts";
import { describeOutbox } from "./contract-outbox.ts";
import { describePasswords } from "./contract-passwords.ts";
import { describeProof } from "./contract-proof.ts";
import { describeRecords } from "./contract-records.ts";
import { describeRegistration } from "./contract-registration.ts";
import { describeRoom } from "./contract-room.ts";
import { describeRotation } from "./contract-rotation.ts";
import { describeSigningKeys } from "./contract-signing-keys.ts";
import { type OpenStore, useStore } from "./contract-store.ts";
import { describeTimeline } from "./contract-timeline.ts";

/**
 * What every `AuthStore` must pass: one test for each guarantee that the port names. Call it in a vitest file.
 *
 * Each term of the conditions of `rotateSession` and `rearmSession` has a test that fails when that term is missing,
 * because a forgotten term is a hole that no ordinary use of the product ever shows.
 *
 * @param name the store's, for the report
 * @param open makes an empty store; called before each test, and its `close` after it
 */
export function describeStoreContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of AuthStore`, () => {
    const current = useStore(open);
    describeRecords(current);
    describeAccounts(current);
    describeRotation(current);
    describeEndings(current);
    describePasswords(current);
    describeProof(current);
    describeRoom(current);
    describeTimeline(current);
    describeHousekeeping(current);
    describeSigningKeys(current);
    describeAdmin(current);
    describeMailLinks(current);
    describeDeletion(current);
    describeOutbox(current);
    describeMailClock(current);
    describeOrders(current);
    describeRegistration(current);
  });
}

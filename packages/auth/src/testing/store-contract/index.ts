export { describeChangeFeedContract, type OpenedFeed, type SessionEvents } from "./change-feed.ts";
export type { OpenedStore, OpenStore } from "./harness.ts";
export { describeRateLimitCounter, type OpenedCounter } from "./rate-limit-counter.ts";

import { describe } from "vitest";
import { describeAccounts } from "./account.ts";
import { describeAdmin } from "./account-admin.ts";
import { describeDeletion } from "./account-deletion.ts";
import { describeAudit } from "./audit.ts";
import { describeSessionAudit } from "./audit-sessions.ts";
import { describeChallenges } from "./challenge/challenge.ts";
import { describeEvidences } from "./challenge/challenge-evidence.ts";
import { describeChallengeQuota } from "./challenge/challenge-quota.ts";
import { describeCleanup } from "./cleanup.ts";
import { describeCredentials } from "./credential.ts";
import { describeEncryption } from "./credential-encryption.ts";
import { describeInterleavings } from "./credential-interleavings.ts";
import { describeCredentialRows } from "./credential-rows.ts";
import { describeEmailBinding } from "./email/email-binding.ts";
import { describeEmailClock } from "./email/email-clock.ts";
import { describeEmailLinks } from "./email/email-links.ts";
import { describeOutbox } from "./email/email-outbox.ts";
import { describeRegistration } from "./email/email-registration.ts";
import { type OpenStore, useStore } from "./harness.ts";
import { describeSigningKeys } from "./key.ts";
import { describeEndings } from "./session-ends.ts";
import { describeSessionQuota } from "./session-quota.ts";
import { describeRecords } from "./session-records.ts";
import { describeRotation } from "./session-rotation.ts";
import { describeStepUp } from "./session-step-up.ts";

/**
 * What every `AuthStore` must pass: one test for each guarantee that the port names. Call it in a vitest file.
 *
 * Each term of the conditions of `rotateSession` and `reissueSession` has a test that fails when that term is missing,
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
    describeCredentials(current);
    describeCredentialRows(current);
    describeEncryption(current);
    describeInterleavings(current);
    describeChallenges(current);
    describeChallengeQuota(current);
    describeEvidences(current);
    describeStepUp(current);
    describeSessionQuota(current);
    describeAudit(current);
    describeSessionAudit(current);
    describeCleanup(current);
    describeSigningKeys(current);
    describeAdmin(current);
    describeEmailLinks(current);
    describeDeletion(current);
    describeOutbox(current);
    describeEmailClock(current);
    describeEmailBinding(current);
    describeRegistration(current);
  });
}

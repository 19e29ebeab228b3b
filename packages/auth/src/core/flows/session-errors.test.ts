import { expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { ada, createTestAuth, reasonOf } from "../../testing/test-auth.ts";

it("a write that was rejected although nothing had ended may simply be made again", async () => {
  const { store, first } = await createTestSession();
  const lost = { ...store, recordStepUp: async () => "rejected" as const, changePassword: async () => false };
  const { auth } = createTestAuth({ store: lost });
  expect(await reasonOf(auth.confirmPassword({ principal: first, password: ada.password }))).toBe(
    "temporarily_unavailable",
  );
  const change = { currentPassword: ada.password, newPassword: "another correct horse" };
  expect(await reasonOf(auth.changePassword({ principal: first, ...change }))).toBe("temporarily_unavailable");
});

it("a write for a session that is gone says that it was ended", async () => {
  const { store, first } = await createTestSession();
  const gone = { ...store, recordStepUp: async () => "rejected" as const, findSessionWithUser: async () => undefined };
  const { auth } = createTestAuth({ store: gone });
  expect(await reasonOf(auth.confirmPassword({ principal: first, password: ada.password }))).toBe("session_revoked");
});

it("changePassword() says at the field what is wrong, and tells when somebody has to wait", async () => {
  const clock = createFakeClock();
  const rateLimitCounter = createMemoryRateLimitCounter(clock);
  const { auth, first, events } = await createTestSession({
    clock,
    rateLimitCounter,
    rateLimitRules: { proof: [{ tries: 1, perSeconds: 60 }] },
  });
  const change = { principal: first, currentPassword: "not it at all", newPassword: "another correct horse" };
  const message = "That is not your current password";
  await expect(auth.changePassword(change)).rejects.toMatchObject({ message, fields: { currentPassword: [message] } });
  expect(await reasonOf(auth.changePassword(change))).toBe("rate_limited");
  const about = { userId: first.user.id, sessionId: first.session.id };
  expect(events.at(-1)).toEqual({ type: "attempts_limited", scope: "proof", ...about });
});

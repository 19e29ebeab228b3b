import { expect, it } from "vitest";
import { ada, createTestAuth, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { AuthError } from "../domain/errors.ts";
import { nextEmailAttemptMs } from "./delivery.ts";

const minute = 60_000;

it("an email that is not taken is tried again after ever longer pauses, and given up in the end", async () => {
  const { auth, clock, events } = createTestAuth();
  await registerAda(auth);
  const attempts: number[] = [];
  const mail = createTestMail(auth, async () => {
    attempts.push(clock.now());
    throw new Error("ECONNREFUSED");
  });
  for (let passed = 0; passed < 300; passed += 1) {
    await mail.deliver();
    clock.advance(minute);
  }
  const pauses = attempts.slice(1).map((at, index) => (at - (attempts[index] ?? 0)) / minute);
  expect(pauses).toEqual([1, 1, 5, 30, 120]);
  expect([1, 5, 6].map(nextEmailAttemptMs)).toEqual([10_000, 120 * minute, null]);
  const outcomes = events.flatMap((event) => (event.type === "mail_settled" ? [event.outcome] : []));
  expect(outcomes).toEqual(["put_off", "put_off", "put_off", "put_off", "put_off", "given_up"]);
  expect(mail.reportedErrors).toHaveLength(6);
});

it("each attempt brings a link of its own, and the newest is the good one", async () => {
  const { auth, clock } = createTestAuth();
  await registerAda(auth);
  const links: string[] = [];
  const mail = createTestMail(auth, async ({ link }) => {
    links.push(link ?? "");
    if (links.length === 1) throw new Error("The connection was cut off");
    return "sent";
  });
  await mail.deliver();
  clock.advance(minute);
  await mail.deliver();
  expect(new Set(links).size).toBe(2);
  expect(await auth.verifyEmail({ link: links[1] ?? "" })).toEqual({ email: ada.email, changed: false });
});

it("an email that is rejected for good is not tried again", async () => {
  const { auth, clock, events } = createTestAuth();
  await registerAda(auth);
  const mail = createTestMail(auth, async () => "refused");
  await mail.deliver();
  clock.advance(600 * minute);
  await mail.deliver();
  expect(events.filter(({ type }) => type === "mail_settled")).toEqual([
    { type: "mail_settled", kind: "verify_email", outcome: "refused" },
  ]);
});

it("one that the other side lets wait holds up no other", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const mail = createTestMail(auth, async ({ kind }) => {
    if (kind === "verify_email") await held;
    if (kind === "reset_password") release();
    return "sent";
  });
  await auth.requestPasswordReset({ email: ada.email });
  expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(["reset_password", "verify_email"]);
});

it("an email in the hands of somebody who died is sent when the lease has expired", async () => {
  const { auth, store, clock } = createTestAuth();
  await registerAda(auth);
  await store.claimEmail({ now: clock.now(), leaseUntil: clock.now() + 2 * minute });
  const mail = createTestMail(auth);
  expect(await mail.deliver()).toEqual([]);
  clock.advance(2 * minute);
  expect(await mail.deliver()).toHaveLength(1);
});

it("a busy database stops no delivery and is no fault; anything else is told", async () => {
  const { auth, store } = createTestAuth();
  await registerAda(auth);
  const mail = createTestMail(auth);
  const { claimEmail } = store;
  store.claimEmail = async () => {
    throw new AuthError("temporarily_unavailable");
  };
  expect(await mail.deliver()).toEqual([]);
  expect(mail.reportedErrors).toEqual([]);
  store.claimEmail = async () => {
    throw new Error("no such table");
  };
  await mail.deliver();
  expect(mail.reportedErrors.length).toBeGreaterThan(0);
  store.claimEmail = claimEmail;
  expect(await mail.deliver()).toHaveLength(1);
});

it("no event of a delivery holds the link or the address", async () => {
  const { auth, events } = createTestAuth();
  await registerAda(auth);
  const mail = createTestMail(auth);
  const link = await mail.linkOf("verify_email");
  const text = JSON.stringify(events);
  expect(text).toContain("mail_link_made");
  expect(text).not.toContain(link);
  expect(text).not.toContain(ada.email);
});

it("emails under a clock that is a day ahead are sent when it is put right, and count towards no hour (T07)", async () => {
  const { auth, clock } = createTestAuth({ mailsPerAddressPerHour: 1 });
  await registerAda(auth);
  const mail = createTestMail(auth);
  await mail.deliver();
  const ask = () => auth.requestPasswordReset({ email: ada.email });
  clock.advance(1_440 * minute);
  await ask();
  clock.advance(-1_440 * minute);
  expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(["reset_password"]);
  clock.advance(61 * minute);
  await ask();
  expect(await mail.deliver()).toHaveLength(1);
  clock.advance(1_440 * minute - 61 * minute);
  await ask();
  expect(await mail.deliver()).toHaveLength(1);
});

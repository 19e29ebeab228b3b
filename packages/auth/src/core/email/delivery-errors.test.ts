import { describe, expect, it } from "vitest";
import { createTestAuth, registerAda, type TestAuth } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { AuthError } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import { type EmailRequest, toOutboxEmail } from "./outbox.ts";

const minute = 60_000;
const octets = (length: number) => new Uint8Array(length).fill(7);

/** Writes down a mail as no rule of ours does, and what became of it. */
async function settled({ auth, store, clock, events }: TestAuth, request: EmailRequest) {
  const mail = createTestMail(auth);
  await store.enqueueEmail(toOutboxEmail(request, { clock, randomBytes: octets }));
  const sent = await mail.deliver();
  return { sent, errors: mail.reportedErrors, last: events.at(-1) };
}

describe("An email that nobody can be sent", () => {
  it.each<[string, EmailRequest]>([
    ["of an account that is gone, with no address", { kind: "account_deleted" }],
    ["to an address that is no account's", { kind: "reset_password", address: "nobody@example.com" }],
    ["to no address at all", { kind: "reset_password" }],
    ["of a user who is gone", { kind: "password_changed", userId: newId(0, octets) }],
  ])("is settled without an error: %s", async (_, request) => {
    const { sent, errors, last } = await settled(createTestAuth(), request);
    expect([sent, errors]).toEqual([[], []]);
    expect(last).toEqual({ type: "mail_settled", kind: request.kind, outcome: "nobody" });
  });

  it("is settled without an error: of a change to no address", async () => {
    const test = createTestAuth();
    const { user } = await registerAda(test.auth);
    await createTestMail(test.auth).deliver();
    const { sent, errors, last } = await settled(test, { kind: "change_email", userId: user.id });
    expect([sent, errors]).toEqual([[], []]);
    expect(last).toMatchObject({ kind: "change_email", outcome: "void" });
  });
});

it("no link is sent that the store did not take, because its account changed at that moment", async () => {
  const { auth, store, events } = createTestAuth();
  await registerAda(auth);
  store.putEmailLink = async () => false;
  const mail = createTestMail(auth);
  expect(await mail.deliver()).toEqual([]);
  expect(events.at(-1)).toMatchObject({ outcome: "void" });
  expect(events.filter(({ type }) => type === "mail_link_made")).toEqual([]);
});

it.each([
  ["reset_password", 1_800],
  ["verify_email", 86_400],
  ["change_email", 1_800],
] as const)(
  "a link of the kind %s is good for %d seconds after it was sent, and the email says so",
  async (kind, seconds) => {
    const { auth, clock } = createTestAuth();
    const ada = await registerAda(auth);
    if (kind === "reset_password") await auth.requestPasswordReset({ email: ada.user.email });
    if (kind === "change_email") await auth.changeEmail({ principal: ada, email: "other@example.com" });
    const mail = createTestMail(auth);
    const link = await mail.linkOf(kind);
    expect(mail.sent.find((message) => message.kind === kind)).toMatchObject({ linkSeconds: seconds });
    clock.advance(seconds * 1_000 - 1);
    expect(await auth.findLinkOwner({ link, kind })).toMatchObject({ id: ada.user.id });
    clock.advance(1);
    expect(await auth.findLinkOwner({ link, kind })).toBeUndefined();
  },
);

it("an email whose outcome cannot be written down is a fault that is told, and is sent again when the lease is over", async () => {
  const { auth, store, clock, events } = createTestAuth();
  await registerAda(auth);
  const mail = createTestMail(auth);
  const { settleEmail } = store;
  const broken = new Error("disk I/O error");
  store.settleEmail = () => Promise.reject(broken);
  expect(await mail.deliver()).toHaveLength(1);
  expect(mail.reportedErrors).toEqual([broken]);
  expect(events.filter(({ type }) => type === "mail_settled")).toEqual([]);
  store.settleEmail = settleEmail;
  clock.advance(2 * minute - 1);
  expect(await mail.deliver()).toEqual([]);
  clock.advance(1);
  expect(await mail.deliver()).toHaveLength(1);
});

it("only that the database is busy is no fault", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  const rejection = new AuthError("internal_error");
  const mail = createTestMail(auth, () => Promise.reject(rejection));
  await mail.deliver();
  expect(mail.reportedErrors).toEqual([rejection]);
});

it("goes on after a fault also where nobody listens, and looks again after half a second", async () => {
  const { auth, events } = createTestAuth();
  await registerAda(auth);
  const end = new AbortController();
  const pauses: number[] = [];
  const delay = async (ms: number) => {
    pauses.push(ms);
    if (pauses.length === 2) end.abort();
  };
  const mailer = { send: () => Promise.reject(new Error("ECONNREFUSED")) };
  await expect(auth.deliverEmails({ mailer, delay })(end.signal)).resolves.toBeUndefined();
  expect(pauses).toEqual([500, 500]);
  expect(events.at(-1)).toEqual({ type: "mail_settled", kind: "verify_email", outcome: "put_off" });
});

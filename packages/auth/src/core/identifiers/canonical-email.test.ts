import { domainToASCII } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { canonicalEmail, emailKey, validateEmail } from "./email.ts";

/** What is typed, and where mail goes. */
const spellings: Array<[typed: string, address: string]> = [
  ["ada＠example.com", "ada@example.com"],
  ["ada﹫example.com", "ada@example.com"],
  [" Ada@Example.COM ", "Ada@Example.COM"],
  ["ａｄａ@example.com", "ada@example.com"],
  ["ada@ｅｘａｍｐｌｅ．com", "ada@example.com"],
  ["ada@example。com", "ada@example.com"],
  ["ada@example｡com", "ada@example.com"],
  ["oﬃce@oﬃce.example", "office@office.example"],
  ["ada@\u212aelvin.example", "ada@kelvin.example"],
  ["ada@bu\u0308cher.example", "ada@bücher.example"],
  ["ada@BÜCHER.example", "ada@bücher.example"],
  ["ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
  ["jose\u0301@example.com", "josé@example.com"],
  ["ada@straße.example", "ada@straße.example"],
  ["ada@STRAẞE.example", "ada@straße.example"],
  ["ada@XN--STRAE-OQA.example", "ada@XN--STRAE-OQA.example"],
  ["straße@example.com", "straße@example.com"],
];

describe("email goes to the form of an address that was checked", () => {
  it.each(spellings)("%j is stored as %j, registered and changed to (P09)", async (typed, address) => {
    const { auth } = createTestAuth();
    const mail = createTestMail(auth);
    const first = await auth.register({ ...ada, username: "grace", email: typed, ...fromTerminal });
    expect(first.user.email).toBe(address);
    expect(await mail.deliver()).toMatchObject([{ kind: "verify_email", to: address }]);
    await auth.requestPasswordReset({ email: typed });
    expect(await mail.deliver()).toMatchObject([{ kind: "reset_password", to: address }]);

    const other = createTestAuth();
    const otherMail = createTestMail(other.auth);
    await other.auth.register({ ...ada, email: "other@example.net", ...fromTerminal });
    const principal = await loginAda(other.auth);
    await other.auth.changeEmail({ principal, email: typed });
    const link = await otherMail.linkOf("change_email");
    expect(otherMail.sent.find(({ kind }) => kind === "change_email")).toMatchObject({ to: address });
    expect(await other.auth.verifyEmail({ link })).toEqual({ email: address, changed: true });
  });

  it("where accounts begin by email, too (P09)", async () => {
    const { auth } = createTestAuth({ registration: "by_mail" });
    const mail = createTestMail(auth);
    await auth.requestRegistration({ email: "ada＠BÜCHER.example" });
    const link = await mail.linkOf("register");
    expect(mail.sent).toMatchObject([{ to: "ada@bücher.example" }]);
    const { email: _typed, ...account } = ada;
    const { user } = await auth.completeRegistration({ ...account, link, ...fromTerminal });
    expect(user.email).toBe("ada@bücher.example");
  });
});

it("two domains that UTS 46 tells apart have an account each, and each its own emails (P09)", async () => {
  const { auth } = createTestAuth();
  const mail = createTestMail(auth);
  await registerAda(auth);
  for (const email of ["ada@strasse.example", "ada@straße.example"]) {
    const username = email.includes("ß") ? "eszett" : "double-s";
    expect(await reasonOf(auth.register({ ...ada, username, email, ...fromTerminal }))).toBe("ok");
    await mail.deliver();
    await auth.requestPasswordReset({ email });
    expect(await mail.deliver()).toMatchObject([{ to: email, user: { username } }]);
  }
});

describe("a canonical form", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const label = fc.oneof(text, fc.constantFrom("straße", "STRAẞE", "ｅｘ", "βολος", "xn--strae-oqa", "bücher", "例え"));

  it("is its own, has the key of what was typed, and leads to the host that was checked (P09)", () => {
    fc.assert(
      fc.property(text, label, fc.constantFrom(".", "。", "．"), (local, host, dot) => {
        const typed = `${local}@${host}${dot}example`;
        if (validateEmail(typed)) return;
        const canonical = canonicalEmail(typed);
        expect(canonicalEmail(canonical)).toBe(canonical);
        expect(emailKey(canonical)).toBe(emailKey(typed));
        expect(validateEmail(canonical)).toBeUndefined();
        // What a mailer makes of the host.
        expect(domainToASCII(canonical.slice(canonical.indexOf("@") + 1))).toBe(emailKey(typed).split("@").at(-1));
      }),
      { numRuns: 3_000 },
    );
  });

  it("shares its key with no other that differs in more than case, whatever letter there is (P09)", () => {
    const odd: string[] = [];
    const byKey = new Map<string, string>();
    for (let point = 0x21; point < 0x3000; point += 1) {
      const sign = String.fromCodePoint(point);
      if (!/[\p{L}\p{M}\p{N}]/u.test(sign)) continue;
      const email = `x${sign}x@example.com`;
      if (validateEmail(email)) continue;
      const canonical = canonicalEmail(email);
      const other = byKey.get(emailKey(email));
      const isCase = other?.toUpperCase() === canonical.toUpperCase() || other === canonical.toLowerCase();
      if (other !== undefined && !isCase) odd.push(`${other} ${canonical}`);
      byKey.set(emailKey(email), other ?? canonical);
    }
    expect(odd).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { ConfigError } from "../domain/config-error.ts";
import type { CredentialKind } from "../ports/credential-kind.ts";
import { createCredentialKinds } from "./kinds.ts";

const kindOf = (kind: string, use: CredentialKind["use"], amr = "otp"): CredentialKind => ({
  kind,
  amr,
  use,
  verify: () => undefined,
});

describe("createCredentialKinds()", () => {
  it("knows the password, and what it is given", () => {
    const code = kindOf("code", "second_factor");
    const passkey = kindOf("passkey", "multi_factor", "hwk");
    const kinds = createCredentialKinds([code, passkey]);
    expect([...kinds.uses]).toEqual([
      ["password", "first_factor"],
      ["code", "second_factor"],
      ["passkey", "multi_factor"],
    ]);
    expect([...kinds.amr]).toEqual([
      ["password", "pwd"],
      ["code", "otp"],
      ["passkey", "hwk"],
    ]);
    expect(kinds.waysIn).toEqual(["password", "passkey"]);
    expect(kinds.find("passkey")).toBe(passkey);
    expect(kinds.find("password")).toBeUndefined();
    expect(kinds.find("of_tomorrow")).toBeUndefined();
  });

  it.each(["", "Code", "a code", "1code", "c", "code-2", "x".repeat(33), "_code"])("rejects the name %j", (kind) => {
    expect(() => createCredentialKinds([kindOf(kind, "second_factor")])).toThrow(ConfigError);
    expect(() => createCredentialKinds([kindOf(kind, "second_factor")])).toThrow("is no name of a kind");
  });

  it.each(["ab", "x".repeat(32), "recovery_code"])("takes the name %j", (kind) => {
    expect(createCredentialKinds([kindOf(kind, "first_factor")]).waysIn).toEqual(["password", kind]);
  });

  it("rejects two of one name, and another password", () => {
    const code = kindOf("code", "second_factor");
    expect(() => createCredentialKinds([code, code])).toThrow('credentialKinds: there are two of the kind "code"');
    expect(() => createCredentialKinds([kindOf("password", "first_factor")])).toThrow(ConfigError);
  });
});

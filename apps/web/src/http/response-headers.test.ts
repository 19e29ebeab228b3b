import { describe, expect, it } from "vitest";
import { pagePolicy, pagePolicyWith, strictTransport } from "./response-headers.mjs";

const directives = (policy: string) => new Map(policy.split("; ").map((one) => [one.split(" ", 1)[0], one] as const));

describe("pagePolicyWith()", () => {
  const policy = directives(pagePolicyWith("abc"));

  it("lets run what carries the nonce, and nothing else: no inline script, no handler, no eval", () => {
    expect(policy.get("script-src")).toBe("script-src 'nonce-abc' 'strict-dynamic'");
    expect(policy.get("style-src")).toBe("style-src 'self' 'nonce-abc'");
    expect(pagePolicyWith("abc")).not.toMatch(/unsafe|\*|https?:/);
  });

  it("starts from nothing: no frame, no object, no base, no form to elsewhere", () => {
    expect(policy.get("default-src")).toBe("default-src 'none'");
    for (const name of ["frame-ancestors", "base-uri", "object-src"]) expect(policy.get(name)).toBe(`${name} 'none'`);
    for (const name of ["connect-src", "form-action", "font-src"]) expect(policy.get(name)).toBe(`${name} 'self'`);
  });

  it("is as narrow without a proxy, but for what stands inside of a page", () => {
    const without = directives(pagePolicy);
    expect([...without.keys()]).toEqual([...policy.keys()]);
    for (const [name, directive] of policy) {
      if (name !== "script-src" && name !== "style-src") expect(without.get(name)).toBe(directive);
    }
  });
});

describe("strictTransport()", () => {
  it("asks for two years of https, for every host below too; not where there is none", () => {
    const https = { appUrl: "https://app.test", subdomains: true };
    expect(strictTransport(https)).toBe("max-age=63072000; includeSubDomains");
    expect(strictTransport({ ...https, subdomains: false })).toBe("max-age=63072000");
    expect(strictTransport({ ...https, appUrl: "http://localhost:3000" })).toBeUndefined();
  });
});

import { testIssuer } from "@watchword/auth/testing";
import { describe, expect, it } from "vitest";
import { createTestApp } from "../test/test-app.ts";

/** What needs no login: it makes a session or completes one, ends one, or is opened by a link from a mail. */
const forAnybody = new Set([
  "auth.register",
  "auth.requestRegistration",
  "auth.completeRegistration",
  "auth.login",
  "auth.pendingLogin",
  "auth.beginSecondFactor",
  "auth.completeLogin",
  "auth.refresh",
  "auth.clearDeadCookies",
  "auth.logout",
  "auth.requestPasswordReset",
  "auth.resetPassword",
  "auth.verifyEmail",
]);

// Whoever got as far as the bytes of a file would be answered with a fault.
const { router, handle } = createTestApp({ blobs: {} as never });

const procedures = Object.entries(router._def.procedures as unknown as Record<string, { _def: { type: string } }>);

async function reasonOf(path: string, type: string, headers: Record<string, string>): Promise<unknown> {
  const isUpload = path === "files.upload";
  const contentType = isUpload ? "application/octet-stream" : "application/json";
  const init =
    type === "mutation"
      ? { method: "POST", body: isUpload ? "x" : "{}", headers: { "content-type": contentType, ...headers } }
      : { headers };
  const response = await handle(new Request(`${testIssuer}/api/trpc/${path}`, init));
  const text = await response.text();
  return /"reason":"(\w+)"/.exec(text)?.[1] ?? text;
}

describe("every procedure of the app", () => {
  it.each(procedures)(
    "%s is refused to whoever is not logged in, or is one of those for anybody (ASVS 8.2.1)",
    async (path, { _def: { type } }) => {
      const reason = await reasonOf(path, type, {});
      if (forAnybody.has(path)) return expect(reason).not.toBe("access_token_missing");
      expect(reason).toBe("access_token_missing");
      return expect(await reasonOf(path, type, { authorization: "Bearer nothing.of.ours" })).toBe(
        "access_token_invalid",
      );
    },
  );

  it("and each of those that are for anybody is there", () => {
    const paths = procedures.map(([path]) => path);
    for (const path of forAnybody) expect(paths).toContain(path);
    expect(paths.length).toBeGreaterThan(25);
  });
});

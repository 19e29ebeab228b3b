import { describe, expect, it } from "vitest";
import { cookiesOfAda } from "../../test/tokens-of-ada.ts";
import { AuthError, authErrorReasons } from "../core/domain/errors.ts";
import { createTestApp } from "../testing/test-app.ts";
import { ada } from "../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };

describe("an error on the wire", () => {
  it.each(authErrorReasons)("%s has its status, tRPC's code, its reason and its sentence", async (reason) => {
    const error = new AuthError(reason, { retryAfterSeconds: 7 });
    const app = createTestApp({ store: { ...createTestApp().store, findCredentials: () => Promise.reject(error) } });
    const reply = await app.post("auth.login", login);
    expect(reply.status).toBe(error.status);
    expect(reply.body.error).toEqual({
      message: error.message,
      code: expect.any(Number),
      data: {
        code: error.code,
        httpStatus: error.status,
        reason,
        path: "auth.login",
        retryAfterSeconds: 7,
        // Only a fault of ours is written down, and found again by its id.
        ...(reason === "internal_error" ? { faultId: expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+$/) } : {}),
      },
    });
    expect(reply.headers.get("retry-after")).toBe("7");
  });

  it("names the fields that a validation rejected, in a list of sentences each", async () => {
    const reply = await createTestApp().post("auth.login", { identifier: 1 });
    expect([reply.status, reply.body.error.data]).toMatchObject([
      400,
      {
        reason: "validation_failed",
        fieldErrors: { identifier: [expect.any(String)], password: [expect.any(String)] },
      },
    ]);
    expect(reply.body.error.message).toBe("Some of the input is not valid");
  });

  it("names the fields that a rule rejected in the same form", async () => {
    const reply = await createTestApp().post("auth.register", { ...ada, email: "no email" });
    expect(reply.body.error.data).toMatchObject({
      reason: "validation_failed",
      fieldErrors: { email: ["Enter an email address, like name@example.com"] },
    });
    const weak = await createTestApp().post("auth.register", { ...ada, password: "password" });
    expect([weak.status, weak.body.error.data]).toMatchObject([
      422,
      { reason: "password_unacceptable", fieldErrors: { password: [expect.any(String)] } },
    ]);
    const app = createTestApp();
    await cookiesOfAda(app);
    const taken = await app.post("auth.register", { ...ada, username: "Ada" });
    expect([taken.status, taken.body.error.data]).toMatchObject([
      409,
      { reason: "username_taken", fieldErrors: { username: ["That username is taken"] } },
    ]);
  });
});

import { expect, it } from "vitest";
import { createTestAuth, fromBrowser, loginAda, registerAda } from "../../../testing/test-auth.ts";
import { createTestMail } from "../../../testing/test-mailer.ts";
import { isSameKind } from "./new-device-alert.ts";

it.each([
  ["Firefox/140.0 (Windows NT 10.0)", "Firefox/141.0.2 (Windows NT 10.0)", true],
  ["Firefox/140.0 (Windows NT 10.0)", "Firefox/140.0 (X11; Linux)", false],
  ["Firefox/140.0a1 (X11; Linux)", "Firefox/141.0 (X11; Linux)", true],
  ["curl/8.5.0", null, false],
  [null, null, true],
])("%j and %j are the same kind of device: %j", (one, other, same) => expect(isSameKind(one, other)).toBe(same));

it("a login from a new kind of device is told by email, once, with where it came from", async () => {
  const { auth } = createTestAuth();
  const mail = createTestMail(auth);
  await registerAda(auth);
  await loginAda(auth);
  expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(["verify_email"]);
  await loginAda(auth, { ...fromBrowser, ipAddress: "198.51.100.4" });
  expect(await mail.deliver()).toMatchObject([
    {
      kind: "new_device",
      to: "ada@example.com",
      link: null,
      client: { userAgent: fromBrowser.userAgent, ipAddress: "198.51.100.4" },
    },
  ]);
  await loginAda(auth, { ...fromBrowser, userAgent: "Mozilla/5.0 Firefox/141.0" });
  expect(await mail.deliver()).toEqual([]);
});

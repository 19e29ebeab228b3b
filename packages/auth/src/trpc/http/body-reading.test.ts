import { expect, it } from "vitest";
import { endlessBody } from "../../../test/endless-body.ts";
import { createTestApp } from "../../testing/test-app.ts";

// Not in request-body.test.ts, which runs through a socket, too: there the kernel takes megabytes ahead.
it("createFetchHandler() stops reading a body where the limit is", async () => {
  const app = createTestApp();
  const { stream, pulled } = endlessBody();
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: stream, duplex: "half" };
  const response = await app.handler(new Request(`${app.url}/auth.login`, init));
  expect(response.status).toBe(413);
  expect(pulled()).toBeLessThan(10);
});

import { DataPointType } from "@opentelemetry/sdk-metrics";
import { expect, it } from "vitest";
import { collectedMetrics } from "../../test/collected-metrics.ts";
import { createTestSession } from "../../test/test-session.ts";
import { createMemoryStore } from "../testing/memory-store/store.ts";
import { ada, fromTerminal, loginAda, reasonOf, type TestAuthOptions } from "../testing/test-auth.ts";
import { createAuthMetrics } from "./auth-metrics.ts";

const prepared = () => collectedMetrics(createAuthMetrics);

async function started(options: TestAuthOptions = {}) {
  const measured = prepared();
  return { ...measured, ...(await createTestSession({ ...options, onEvent: measured.metrics.onEvent })) };
}

it("counts refreshes by what became of them, and each alarm", async () => {
  const { numbers, first, refresh, clock } = await started();
  const second = await refresh(first.refreshToken);
  await refresh(first.refreshToken);
  clock.advance(60_000);
  const third = await refresh(first.refreshToken);
  await refresh(third.refreshToken);
  await reasonOf(refresh("rt1.nonsense"));
  expect(await numbers("watchword.refresh.reuse.count")).toEqual({});
  await reasonOf(refresh(second.refreshToken));
  await reasonOf(refresh(first.refreshToken));
  expect(await numbers("watchword.refresh.count")).toEqual({
    rotated: 2,
    repeated: 1,
    rearmed: 1,
    "refused malformed": 1,
    "refused refresh_token_reused": 1,
    "refused session_revoked": 1,
  });
  expect(await numbers("watchword.refresh.reuse.count")).toEqual({ "": 1 });
});

it("counts logins by their outcome, also those of unknown users", async () => {
  const { numbers, auth } = await started();
  await loginAda(auth);
  const login = { identifier: ada.username, password: "not the password at all", ...fromTerminal };
  await reasonOf(auth.login(login));
  await reasonOf(auth.login({ ...login, identifier: "nobody-has-that-name" }));
  await reasonOf(auth.login({ ...login, identifier: "nobody-has-that-name" }));
  expect(await numbers("watchword.login.count")).toEqual({
    success: 1,
    "failure wrong_password": 1,
    "failure unknown_user": 2,
  });
});

it("counts what the timeline lost", async () => {
  const store = { ...createMemoryStore(), appendAuditEntry: () => Promise.reject(new Error("broken")) };
  const { numbers, auth } = await started({ store });
  await loginAda(auth);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await numbers("watchword.timeline.lost.count")).toEqual({ "": 2 });
});

it("asks the queue at each collection", async () => {
  const { metrics, numbers } = prepared();
  const load = { running: 0, waiting: 0 };
  metrics.watchPasswordQueue(() => load);
  expect(await numbers("watchword.password.queue.depth")).toEqual({ running: 0, waiting: 0 });
  Object.assign(load, { running: 1, waiting: 5 });
  expect(await numbers("watchword.password.queue.depth")).toEqual({ running: 1, waiting: 5 });
});

it("measures the feed's lag in seconds, in buckets that separate a normal read from an error", async () => {
  const { metrics, collected } = prepared();
  for (const lagMs of [-5, 4, 250, 1_500]) metrics.feedDelivered(lagMs);
  const lag = (await collected()).find(({ descriptor }) => descriptor.name === "watchword.feed.lag");
  if (lag?.dataPointType !== DataPointType.HISTOGRAM) throw new Error("The lag is no histogram");
  const [point] = lag.dataPoints;
  expect(lag.descriptor.unit).toBe("s");
  expect(point?.value.buckets.boundaries.slice(0, 5)).toEqual([0.01, 0.05, 0.1, 0.2, 0.3]);
  expect(point?.value.buckets.counts.slice(0, 8)).toEqual([2, 0, 0, 0, 1, 0, 0, 1]);
  expect(point?.value.sum).toBeCloseTo(1.754);
});

it("counts the rows that were cleared away, by their table", async () => {
  const { metrics, numbers } = prepared();
  metrics.rowsRemoved("sessions", 500);
  metrics.rowsRemoved("sessions", 20);
  metrics.rowsRemoved("timeline", 3);
  expect(await numbers("watchword.housekeeping.removed.count")).toEqual({ sessions: 520, timeline: 3 });
});

it("has a unit and a description for each, and no attribute that names a user", async () => {
  const { metrics, collected, first, refresh, auth } = await started();
  await refresh(first.refreshToken);
  await loginAda(auth);
  await reasonOf(auth.login({ identifier: ada.username, password: "not the password at all", ...fromTerminal }));
  metrics.feedDelivered(1);
  metrics.rowsRemoved("timeline", 1);
  metrics.watchPasswordQueue(() => ({ running: 1, waiting: 0 }));
  const all = await collected();
  expect(all.length).toBeGreaterThanOrEqual(5);
  for (const { descriptor } of all) {
    expect(descriptor.name).toMatch(/^watchword\.[a-z.]+$/);
    expect(descriptor.unit).toMatch(/^(s|\{[a-z]+\})$/);
    expect(descriptor.description).not.toBe("");
  }
  const attributeText = JSON.stringify(all.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes)));
  const whoever = [first.user.id, first.session.id, ada.username, ada.email, "192.0.2.7", "curl"];
  for (const name of whoever) expect(attributeText).not.toContain(name);
});

import { DataPointType } from "@opentelemetry/sdk-metrics";
import { expect, it } from "vitest";
import { collectedMetrics } from "../../test/collected-metrics.ts";
import { createDatabaseMetrics } from "./database-metrics.ts";

const prepared = () => collectedMetrics(createDatabaseMetrics);

it("measures each flush in seconds, and how many writes shared it", async () => {
  const { metrics, collected } = prepared();
  metrics.onFlush({ operations: 1, flushMs: 0.2 });
  metrics.onFlush({ operations: 12, flushMs: 3 });
  const all = await collected();
  const sums = all.map(({ descriptor, dataPointType, dataPoints }) => {
    const [point] = dataPointType === DataPointType.HISTOGRAM ? dataPoints : [];
    return [descriptor.name, descriptor.unit, point?.value.count, point?.value.sum];
  });
  expect(sums).toEqual([
    ["watchword.database.flush.duration", "s", 2, expect.closeTo(0.0032)],
    ["watchword.database.group.size", "{operation}", 2, 13],
  ]);
});

it("measures checkpoints by what became of them and by their thread", async () => {
  const { metrics, numbers } = prepared();
  metrics.onCheckpoint({ ms: 4, outcome: "complete", thread: "checkpoint" });
  metrics.onCheckpoint({ ms: 5, outcome: "complete", thread: "checkpoint" });
  metrics.onCheckpoint({ ms: 9, outcome: "partial", thread: "serving" });
  expect(await numbers("watchword.database.checkpoint.duration")).toEqual({
    "complete checkpoint": 2,
    "partial serving": 1,
  });
});

it("asks for the queue and the log at each collection", async () => {
  const { metrics, numbers } = prepared();
  const load = { waiting: 0, logBytes: 0 };
  metrics.watchDatabase(() => load);
  expect(await numbers("watchword.database.queue.depth")).toEqual({ "": 0 });
  Object.assign(load, { waiting: 7, logBytes: 4_120 });
  expect(await numbers("watchword.database.queue.depth")).toEqual({ "": 7 });
  expect(await numbers("watchword.database.log.size")).toEqual({ "": 4_120 });
});

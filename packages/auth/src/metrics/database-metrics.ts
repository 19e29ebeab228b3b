import type { Meter } from "@opentelemetry/api";

/** What is measured of the embedded database. What each number means is said in docs/metrics.md. */
export interface DatabaseMetrics {
  /** For `openSqlite({ onFlush })`. */
  onFlush(flush: { operations: number; flushMs: number }): void;
  /** For `openSqlite({ onCheckpoint })`. */
  onCheckpoint(checkpoint: { ms: number; outcome: string; thread: string }): void;
  /** Asked at each collection. */
  watchDatabase(load: () => { waiting: number; logBytes: number }): void;
}

/** Seconds: a flush takes 0.2 ms on a good disk, and every request waits behind it. */
const flushBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];
const checkpointBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const groupBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];

export function createDatabaseMetrics(meter: Meter): DatabaseMetrics {
  const flush = meter.createHistogram("watchword.database.flush.duration", {
    unit: "s",
    description: "The COMMIT of a group of writes, with its flush of the disk",
    advice: { explicitBucketBoundaries: flushBounds },
  });
  const group = meter.createHistogram("watchword.database.group.size", {
    unit: "{operation}",
    description: "Writes that shared one flush of the disk",
    advice: { explicitBucketBoundaries: groupBounds },
  });
  const checkpoint = meter.createHistogram("watchword.database.checkpoint.duration", {
    unit: "s",
    description: "The copy of the write-ahead log into the database",
    advice: { explicitBucketBoundaries: checkpointBounds },
  });
  const queue = meter.createObservableGauge("watchword.database.queue.depth", {
    unit: "{operation}",
    description: "Writes that wait for their turn, or for the lock of another process",
  });
  const log = meter.createObservableGauge("watchword.database.log.size", {
    unit: "By",
    description: "The file of the write-ahead log",
  });
  return {
    onFlush({ operations, flushMs }) {
      flush.record(flushMs / 1000);
      group.record(operations);
    },
    onCheckpoint({ ms, outcome, thread }) {
      checkpoint.record(ms / 1000, {
        "watchword.database.checkpoint.outcome": outcome,
        "watchword.database.checkpoint.thread": thread,
      });
    },
    watchDatabase(load) {
      queue.addCallback((result) => result.observe(load().waiting));
      log.addCallback((result) => result.observe(load().logBytes));
    },
  };
}

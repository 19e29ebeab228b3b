import type { Attributes, Meter } from "@opentelemetry/api";
import type { HashQueueLoad } from "../core/credentials/password/worker-pool.ts";
import type { AuthEvent, AuthEventListener } from "../core/domain/events.ts";

/** What is counted and measured. What each number means is said in docs/metrics.md. */
export interface AuthMetrics {
  /** For `createAuth({ onEvent })`. */
  onEvent: AuthEventListener;
  /** Asked at each collection. */
  watchPasswordQueue(load: () => HashQueueLoad): void;
  /** For `createLiveRouter({ onDelivered })`: how long after it happened a change was handed to a stream. */
  feedDelivered(lagMs: number): void;
  /** For `createCleanup({ onRemoved })`. */
  rowsRemoved(table: "sessions" | "timeline", rows: number): void;
}

/** Seconds: the feed is read every 0.3 s, and a user who waits for more than 1 s sees an error. */
const feedLagBounds = [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];

/**
 * Makes the instruments, by the API alone: without an SDK in the app they do nothing and cost next to nothing. No attribute
 * names a user, a session or an address; each has a handful of values, all of them ours.
 */
export function createAuthMetrics(meter: Meter): AuthMetrics {
  const queueDepth = meter.createObservableGauge("watchword.password.queue.depth", {
    unit: "{job}",
    description: "Passwords that are being hashed, or wait for a thread",
  });
  const feedLag = meter.createHistogram("watchword.feed.lag", {
    unit: "s",
    description: "From a change to its delivery to a stream that was waiting for it",
    advice: { explicitBucketBoundaries: feedLagBounds },
  });
  const removed = meter.createCounter("watchword.housekeeping.removed.count", {
    unit: "{row}",
    description: "Rows that nobody needed any more",
  });
  return {
    onEvent: createEventCounters(meter),
    watchPasswordQueue(load) {
      queueDepth.addCallback((result) => {
        const { running, waiting } = load();
        result.observe(running, { "watchword.password.queue.state": "running" });
        result.observe(waiting, { "watchword.password.queue.state": "waiting" });
      });
    },
    // Clocks go back now and then; a lag below zero is none.
    feedDelivered: (lagMs) => feedLag.record(Math.max(0, lagMs) / 1000),
    rowsRemoved: (table, rows) => removed.add(rows, { "watchword.housekeeping.table": table }),
  };
}

function createEventCounters(meter: Meter): AuthEventListener {
  const counter = (name: string, unit: string, description: string) => meter.createCounter(name, { unit, description });
  const refreshes = counter("watchword.refresh.count", "{refresh}", "Refresh tokens that were presented");
  const reuses = counter("watchword.refresh.reuse.count", "{alarm}", "Sessions that ended because of a copied token");
  const logins = counter("watchword.login.count", "{login}", "Attempts to log in");
  const limited = counter("watchword.attempts.limited.count", "{time}", "Times that somebody was asked to wait");
  const lostEntries = counter("watchword.timeline.lost.count", "{entry}", "Timeline entries that were not written");

  return (event) => {
    if (event.type === "refresh_token_reused") reuses.add(1);
    if (event.type === "timeline_entry_lost") lostEntries.add(1);
    if (event.type === "attempts_limited") limited.add(1, { "watchword.attempts.scope": event.scope });
    const refresh = refreshAttributes(event);
    if (refresh) refreshes.add(1, refresh);
    const login = loginAttributes(event);
    if (login) logins.add(1, login);
  };
}

function refreshAttributes(event: AuthEvent): Attributes | undefined {
  const outcome = "watchword.refresh.outcome";
  if (event.type === "session_refreshed") return { [outcome]: event.how };
  if (event.type === "refresh_refused") return { [outcome]: "refused", "error.type": event.why };
  if (event.type === "refresh_token_reused") return { [outcome]: "refused", "error.type": event.type };
  return undefined;
}

function loginAttributes(event: AuthEvent): Attributes | undefined {
  const outcome = "watchword.login.outcome";
  if (event.type === "login_succeeded") return { [outcome]: "success" };
  if (event.type === "login_failed") return { [outcome]: "failure", "error.type": event.why };
  return undefined;
}

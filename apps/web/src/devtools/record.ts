import { AsyncLocalStorage } from "node:async_hooks";
import type { AuthEvent, Delivery } from "@watchword/auth/core";
import type { DevEvent } from "./dev-event.ts";

/** Who is calling, and the events of the call so far. */
export interface Scene {
  by: string;
  events: AuthEvent[];
}

/** What is known of one session, for as long as the server runs. */
export interface Track {
  /** Milliseconds since 1970. */
  accessEndsAt: number;
  sessionEndsAt: number;
  /** Access tokens made until then count as run out, in milliseconds since 1970. */
  expiredUntil: number;
  losesNextReply: boolean;
  /** The last two refresh tokens that were traded, the last one first. In memory, on a developer's machine, and nowhere else. */
  spent: { refreshToken: string; delivery: Delivery }[];
}

export interface DevtoolsRecord {
  events: DevEvent[];
  tracks: Map<string, Track>;
  scene: AsyncLocalStorage<Scene>;
  count: number;
}

const mostEvents = 200;
const mostTracks = 100;

const key = Symbol.for("watchword-devtools");
const shared = globalThis as typeof globalThis & { [key]?: DevtoolsRecord };

/** The one record: Next loads this file several times in one process, for the proxy, for pages and for routes. */
export function devtoolsRecord(): DevtoolsRecord {
  shared[key] ??= createRecord();
  return shared[key];
}

export function createRecord(): DevtoolsRecord {
  return { events: [], tracks: new Map(), scene: new AsyncLocalStorage(), count: 0 };
}

/** Keeps an event, and drops the oldest when there are too many. */
export function note(record: DevtoolsRecord, event: Omit<DevEvent, "seq">): void {
  record.count += 1;
  record.events.push({ seq: record.count, ...event });
  record.events.splice(0, record.events.length - mostEvents);
}

export function trackOf(record: DevtoolsRecord, sessionId: string): Track {
  const track = record.tracks.get(sessionId) ?? {
    accessEndsAt: 0,
    sessionEndsAt: 0,
    expiredUntil: 0,
    losesNextReply: false,
    spent: [],
  };
  // Last in the map is the last one asked for; the first is the one to forget.
  record.tracks.delete(sessionId);
  record.tracks.set(sessionId, track);
  const [oldest] = record.tracks.keys();
  if (record.tracks.size > mostTracks && oldest !== undefined) record.tracks.delete(oldest);
  return track;
}

import { AsyncLocalStorage } from "node:async_hooks";
import type { AuthEvent, Delivery } from "@watchword/auth/core";
import type { DevEvent } from "./audit-entry.ts";

/** Who is calling, and what the rules said of it so far. */
export interface Scene {
  by: string;
  heard: AuthEvent[];
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

export interface InstrumentRecord {
  happenings: DevEvent[];
  tracks: Map<string, Track>;
  scene: AsyncLocalStorage<Scene>;
  count: number;
}

const mostHappenings = 200;
const mostTracks = 100;

const key = Symbol.for("watchword-instrument");
const shared = globalThis as typeof globalThis & { [key]?: InstrumentRecord };

/** The one record: Next loads this file several times in one process, for the proxy, for pages and for routes. */
export function instrumentRecord(): InstrumentRecord {
  shared[key] ??= createRecord();
  return shared[key];
}

export function createRecord(): InstrumentRecord {
  return { happenings: [], tracks: new Map(), scene: new AsyncLocalStorage(), count: 0 };
}

/** Writes a happening down, and forgets the oldest when there are too many. */
export function note(record: InstrumentRecord, happening: Omit<DevEvent, "seq">): void {
  record.count += 1;
  record.happenings.push({ seq: record.count, ...happening });
  record.happenings.splice(0, record.happenings.length - mostHappenings);
}

export function trackOf(record: InstrumentRecord, sessionId: string): Track {
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

"use client";

import type { EndReason } from "@watchword/auth/client";

/** What the tabs of one browser tell each other. Never a token, and nothing about who somebody is. */
export type TabMessage =
  | { type: "session_ended"; reason: EndReason }
  | { type: "logged_out" }
  /** An event of the live stream, which one tab keeps open for all. `id` is what the stream is resumed after. */
  | { type: "change"; id: string; kind: string };

const listeners = new Set<(message: TabMessage) => void>();
let channel: BroadcastChannel | undefined;

/** One channel for the whole tab: another one in the same tab would hear what this tab says itself. */
function open(): BroadcastChannel | undefined {
  if (channel || typeof BroadcastChannel === "undefined") return channel;
  channel = new BroadcastChannel("watchword");
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    for (const listener of listeners) listener(data);
  };
  return channel;
}

/** Speaks to the other tabs. Where there is no channel, each tab still sees the cookie, and hears of it on its own. */
export function tellOtherTabs(message: TabMessage): void {
  open()?.postMessage(message);
}

/** Calls back for everything that other tabs tell. Returns what stops it. */
export function listenToOtherTabs(listener: (message: TabMessage) => void): () => void {
  open();
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

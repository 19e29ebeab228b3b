"use client";

import type { EndReason } from "@watchword/auth/client";

/** What the tabs of one browser send each other. Never a token, and nothing about the user. */
export type TabMessage =
  | { type: "session_ended"; reason: EndReason }
  | { type: "logged_out" }
  /** An event of the live stream, which one tab keeps open for all. `id` is what the stream is resumed after. */
  | { type: "change"; id: string; kind: string };

const listeners = new Set<(message: TabMessage) => void>();
let channel: BroadcastChannel | undefined;

/** One channel for the whole tab: another one in the same tab would receive this tab's own messages. */
function open(): BroadcastChannel | undefined {
  if (channel || typeof BroadcastChannel === "undefined") return channel;
  channel = new BroadcastChannel("watchword");
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    for (const listener of listeners) listener(data);
  };
  return channel;
}

/** Posts to the other tabs. Where there is no channel, each tab still sees the change of the cookie. */
export function postToOtherTabs(message: TabMessage): void {
  open()?.postMessage(message);
}

/** Calls back for each message of other tabs. Returns what stops it. */
export function listenToOtherTabs(listener: (message: TabMessage) => void): () => void {
  open();
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

import { setTimeout as timer } from "node:timers/promises";
import type { Delay } from "@watchword/auth/core";

/** Passes time without keeping the process alive. */
export const delay: Delay = (ms, signal) => timer(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** Without vitest, so that a bench can run it too. */
export { createMemoryStore } from "../memory-store.ts";
export { runHistories, type SimulatorOptions } from "./run.ts";
export type { Tally } from "./tally.ts";

/** Without vitest, so that a bench can run it too. */
export { createMemoryStore } from "../memory-store/store.ts";
export type { Tally } from "./model/tally.ts";
export { runHistories, type SimulatorOptions } from "./run.ts";

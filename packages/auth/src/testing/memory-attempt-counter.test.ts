import { describeAttemptCounter } from "./contract-attempts.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createMemoryAttemptCounter } from "./memory-attempt-counter.ts";

describeAttemptCounter("The counter in memory", () => {
  const clock = createFakeClock();
  return { counter: createMemoryAttemptCounter(clock), pass: (ms) => clock.advance(ms) };
});

import { createFakeClock } from "../fake-clock.ts";
import { describeAttemptCounter } from "../store-contract/rate-limit-counter.ts";
import { createMemoryAttemptCounter } from "./rate-limit-counter.ts";

describeAttemptCounter("The counter in memory", () => {
  const clock = createFakeClock();
  return { counter: createMemoryAttemptCounter(clock), pass: (ms) => clock.advance(ms) };
});

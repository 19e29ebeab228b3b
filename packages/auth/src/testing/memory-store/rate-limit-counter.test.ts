import { createFakeClock } from "../fake-clock.ts";
import { describeRateLimitCounter } from "../store-contract/rate-limit-counter.ts";
import { createMemoryRateLimitCounter } from "./rate-limit-counter.ts";

describeRateLimitCounter("The counter in memory", () => {
  const clock = createFakeClock();
  return { counter: createMemoryRateLimitCounter(clock), pass: (ms) => clock.advance(ms) };
});

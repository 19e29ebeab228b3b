import { expect, it } from "vitest";
import { singleFlight } from "./single-flight.ts";

it("singleFlight() runs once for all who ask meanwhile, and again for who asks afterwards", async () => {
  let runs = 0;
  const fly = singleFlight(async () => {
    runs += 1;
    await Promise.resolve();
    return runs;
  });
  expect(await Promise.all([fly(), fly(), fly()])).toEqual([1, 1, 1]);
  expect(await fly()).toBe(2);
});

it("singleFlight() lets all who waited hear of a failure, and keeps nothing of it (R17)", async () => {
  let runs = 0;
  const fly = singleFlight(async () => {
    runs += 1;
    if (runs === 1) throw new Error("no");
    return runs;
  });
  const outcomes = await Promise.allSettled([fly(), fly()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await fly()).toBe(2);
});

import { expect, it } from "vitest";
import { createTurns, everyOrder, takeTurns } from "./turns.ts";

it("everyOrder() plays each order of two things with two gates each, once", async () => {
  const stories = new Set<string>();
  const count = await everyOrder(async (choose) => {
    const turns = createTurns();
    const story: string[] = [];
    const walk = (name: string) => async () => {
      for (const step of [1, 2]) {
        story.push(`${name}${step}`);
        await turns.pause("gate");
      }
      story.push(`${name}3`);
    };
    await takeTurns(turns, [walk("a"), walk("b")], choose);
    stories.add(story.join(" "));
  });
  expect(count).toBe(20); // 6 over 3
  expect(stories.size).toBe(20);
});

it("takeTurns() returns the result of each, and throws the error of one", async () => {
  const turns = createTurns();
  expect(await takeTurns<[number, string]>(turns, [async () => 1, async () => "b"], () => 0)).toEqual([1, "b"]);
  const failing = async () => {
    await turns.pause("gate");
    throw new Error("no");
  };
  await expect(takeTurns(turns, [failing], () => 0)).rejects.toThrow("no");
});

it("a gate is open for work that takes no turns", async () => {
  await expect(createTurns().pause("gate", "before")).resolves.toBeUndefined();
});

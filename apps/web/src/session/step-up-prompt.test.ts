import { expect, it } from "vitest";
import { createStepUpPrompt } from "./step-up-prompt.ts";

function shown() {
  const prompt = createStepUpPrompt();
  let changes = 0;
  const hide = prompt.subscribe(() => {
    changes += 1;
  });
  return { prompt, hide, changes: () => changes };
}

it("a prompt waits for its answer, and the dialog is notified when it begins and ends", async () => {
  for (const answer of [true, false]) {
    const { prompt, changes } = shown();
    const asked = prompt.ask(["password"]);
    expect([prompt.question(), changes()]).toEqual([{ methods: ["password"] }, 1]);
    prompt.answer(answer);
    expect(await asked).toBe(answer);
    expect([prompt.question(), changes()]).toEqual([undefined, 2]);
  }
});

it("where nothing can show it the answer is no, at once", async () => {
  const prompt = createStepUpPrompt();
  expect(await prompt.ask(["password"])).toBe(false);
  expect(prompt.question()).toBeUndefined();
});

it("when the dialog goes away the answer is no, and no call waits for ever", async () => {
  const { prompt, hide } = shown();
  const asked = prompt.ask(["password"]);
  hide();
  expect(await asked).toBe(false);
});

it("a call that asks while it is shown gets the same answer", async () => {
  const { prompt } = shown();
  const both = [prompt.ask(["password"]), prompt.ask(["paper_code"])];
  expect(prompt.question()).toEqual({ methods: ["password"] });
  prompt.answer(true);
  expect(await Promise.all(both)).toEqual([true, true]);
});

it("a question after another is one of its own, with its own methods", async () => {
  const { prompt } = shown();
  const first = prompt.ask(["password", "paper_code"]);
  const shownFirst = prompt.question();
  expect(prompt.question()).toBe(shownFirst); // React compares what it reads
  prompt.answer(true);
  await first;
  const second = prompt.ask(["paper_code"]);
  expect(prompt.question()).toEqual({ methods: ["paper_code"] });
  prompt.answer(false);
  expect(await second).toBe(false);
});

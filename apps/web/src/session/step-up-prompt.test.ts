import { expect, it } from "vitest";
import { createStepUpPrompt } from "./step-up-prompt.ts";

function shown() {
  const question = createStepUpPrompt();
  let changes = 0;
  const hide = question.subscribe(() => {
    changes += 1;
  });
  return { question, hide, changes: () => changes };
}

it("a prompt waits for its answer, and the dialog is notified when it begins and ends", async () => {
  for (const answer of [true, false]) {
    const { question, changes } = shown();
    const asked = question.ask();
    expect([question.isAsked(), changes()]).toEqual([true, 1]);
    question.answer(answer);
    expect(await asked).toBe(answer);
    expect([question.isAsked(), changes()]).toEqual([false, 2]);
  }
});

it("where nothing can show it the answer is no, at once", async () => {
  const question = createStepUpPrompt();
  expect(await question.ask()).toBe(false);
  expect(question.isAsked()).toBe(false);
});

it("when the dialog goes away the answer is no, and no call waits for ever", async () => {
  const { question, hide } = shown();
  const asked = question.ask();
  hide();
  expect(await asked).toBe(false);
});

it("a call that asks while it is shown gets the same answer", async () => {
  const { question } = shown();
  const both = [question.ask(), question.ask()];
  question.answer(true);
  expect(await Promise.all(both)).toEqual([true, true]);
});

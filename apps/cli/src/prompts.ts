import type { Key } from "node:readline";
import { password, text } from "@clack/prompts";
import type { Prompts } from "./terminal.ts";

/** Questions are asked on stderr, so that stdout holds nothing but the answer. */
const asked = { input: process.stdin, output: process.stderr, withGuide: false };

/** The questions of `watchword login`, for a person at a terminal. */
export const terminalPrompts: Prompts = {
  identifier: (stop) =>
    untilGivenUp(stop, (signal) =>
      text({ ...asked, signal, message: "Username or email", validate: required("Enter your username or email") }),
    ),
  password: (stop) =>
    untilGivenUp(stop, (signal) =>
      password({ ...asked, signal, message: "Password", validate: required("Enter your password") }),
    ),
};

function required(sentence: string) {
  return (value: string | undefined) => (value ? undefined : sentence);
}

/**
 * Asks, and puts the terminal back as it was. Ctrl-C gives a symbol for an answer; Ctrl-D, and a terminal that goes away,
 * would give none for ever.
 */
async function untilGivenUp(
  stop: AbortSignal,
  ask: (signal: AbortSignal) => Promise<string | symbol>,
): Promise<string | undefined> {
  const end = new AbortController();
  const giveUp = () => end.abort();
  const onKey = (_text: string | undefined, { ctrl, name }: Key) => void (ctrl && name === "d" && giveUp());
  asked.input.on("keypress", onKey).once("end", giveUp);
  try {
    const answer = await ask(AbortSignal.any([stop, end.signal]));
    return typeof answer === "string" ? answer : undefined;
  } finally {
    asked.input.off("keypress", onKey).off("end", giveUp);
  }
}

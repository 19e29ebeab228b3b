import type { Key } from "node:readline";
import { password, select, text } from "@clack/prompts";
import { methodName } from "./method-name.ts";
import { plainText } from "./plain-text.ts";
import type { Prompts } from "./terminal.ts";

/** Prompts go to stderr, so that stdout has only the result. */
const streams = { input: process.stdin, output: process.stderr, withGuide: false };

/** The prompts of `watchword login`. */
export const terminalPrompts: Prompts = {
  identifier: (stop) =>
    untilGivenUp(stop, (signal) =>
      text({ ...streams, signal, message: "Username or email", validate: required("Enter your username or email") }),
    ),
  password: (stop) =>
    untilGivenUp(stop, (signal) =>
      password({ ...streams, signal, message: "Password", validate: required("Enter your password") }),
    ),
  method: (methods, stop) =>
    untilGivenUp(stop, (signal) =>
      select({
        ...streams,
        signal,
        message: "Which code do you have?",
        options: methods.map((value) => ({ value, label: plainText(methodName(value)) })),
      }),
    ),
  // Shown while it is typed: it is of no use a moment later, and a wrong letter is seen.
  code: (method, stop) =>
    untilGivenUp(stop, (signal) =>
      text({
        ...streams,
        signal,
        message: `Code (${plainText(methodName(method))})`,
        validate: required("Enter the code"),
      }),
    ),
};

function required(sentence: string) {
  return (value: string | undefined) => (value ? undefined : sentence);
}

/**
 * Prompts, and restores the terminal. After Ctrl-C the prompt returns a symbol; after Ctrl-D, or when the terminal closes, it
 * would never return.
 */
async function untilGivenUp(
  stop: AbortSignal,
  prompt: (signal: AbortSignal) => Promise<string | symbol>,
): Promise<string | undefined> {
  const end = new AbortController();
  const giveUp = () => end.abort();
  const onKey = (_text: string | undefined, { ctrl, name }: Key) => void (ctrl && name === "d" && giveUp());
  streams.input.on("keypress", onKey).once("end", giveUp);
  try {
    const output = await prompt(AbortSignal.any([stop, end.signal]));
    return typeof output === "string" ? output : undefined;
  } finally {
    streams.input.off("keypress", onKey).off("end", giveUp);
  }
}

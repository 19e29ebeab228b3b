import { password, text } from "@clack/prompts";
import type { Prompts } from "./terminal.ts";

/** Questions are asked on stderr, so that stdout holds nothing but the answer. */
const asked = { input: process.stdin, output: process.stderr, withGuide: false };

/** The questions of `watchword login`, for a person at a terminal. */
export const terminalPrompts: Prompts = {
  identifier: async (signal) =>
    given(
      await text({
        ...asked,
        signal,
        message: "Username or email",
        validate: required("Enter your username or email"),
      }),
    ),
  password: async (signal) =>
    given(await password({ ...asked, signal, message: "Password", validate: required("Enter your password") })),
};

function required(sentence: string) {
  return (value: string | undefined) => (value ? undefined : sentence);
}

/** Whoever presses Ctrl-C gives a symbol for an answer. */
function given(answer: string | symbol): string | undefined {
  return typeof answer === "string" ? answer : undefined;
}

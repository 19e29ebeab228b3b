"use client";

import { type FormEvent, useState } from "react";
import { noFormFor } from "../messages/login-methods.ts";
import { rejectionWords } from "./rejection-words.ts";
import { stepUpPrompt } from "./step-up-prompt.ts";
import { useTRPCClient } from "./trpc/client.tsx";

export interface Confirmation {
  problem: string | undefined;
  sending: boolean;
  confirm(event: FormEvent<HTMLFormElement>): Promise<void>;
}

/** The `id` and `name` of what a dialog asks for: the page behind it may have a password of its own. */
export const confirmationInputs = {
  password: "password-to-confirm",
  method: "method-to-confirm",
  code: "code-to-confirm",
} as const;

const words = {
  password: { empty: "Enter your password", wrong: "That password is not right" },
  code: { empty: "Enter the code", wrong: "That code is not right" },
} as const;

type Client = ReturnType<typeof useTRPCClient>;

/**
 * Sends what a dialog asks for, and answers the question.
 *
 * @param onRejected called when it was not accepted
 */
export function useConfirmation(asked: keyof typeof words, onRejected: () => void): Confirmation {
  const client = useTRPCClient();
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const { empty, wrong } = words[asked];

  function reject(sentence: string) {
    setSending(false);
    setProblem(sentence);
    onRejected();
  }

  async function confirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = String(form.get(confirmationInputs[asked]) ?? "");
    if (sending) return;
    if (typed === "") return reject(empty);
    setSending(true);
    setProblem(undefined); // a screen reader does not read the same sentence twice
    try {
      const unsent = await send(client, asked, { typed, method: String(form.get(confirmationInputs.method) ?? "") });
      if (unsent === undefined) stepUpPrompt.answer(true);
      else reject(unsent);
    } catch (error) {
      reject(rejectionWords(error, wrong));
    }
  }

  return { problem, sending, confirm };
}

/** @returns why it cannot be sent, where it cannot */
async function send(
  { auth }: Client,
  asked: keyof typeof words,
  { typed, method }: { typed: string; method: string },
): Promise<string | undefined> {
  if (asked === "password") {
    await auth.confirmPassword.mutate({ password: typed });
    return undefined;
  }
  const { options } = await auth.beginStepUp.mutate({ method });
  if (Object.keys(options).length > 0) return noFormFor(method);
  await auth.confirm.mutate({ method, response: typed });
  return undefined;
}

"use client";

/** What a call asks of the user. */
export interface StepUpQuestion {
  /** The kinds of credential of which each would bring it further. Undefined from a server that does not name them. */
  methods: readonly string[] | undefined;
}

/** The step-up prompt, for the dialog that shows it and the calls that wait for its answer. */
export interface StepUpPrompt {
  /** Asks for a credential. Resolves true when it was confirmed, and false when not, or when no dialog can show it. */
  ask(methods: StepUpQuestion["methods"]): Promise<boolean>;
  /** The question that waits for its answer. A call that asks meanwhile gets the same answer. */
  question(): StepUpQuestion | undefined;
  answer(isProven: boolean): void;
  /** Calls back after every change. Returns what stops it; with the last one gone, the answer is no. */
  subscribe(listener: () => void): () => void;
}

export function createStepUpPrompt(): StepUpPrompt {
  let waiting: Array<(isProven: boolean) => void> = [];
  let question: StepUpQuestion | undefined;
  const listeners = new Set<() => void>();
  const emit = () => {
    for (const listener of [...listeners]) listener();
  };

  function answer(isProven: boolean): void {
    const resolvers = waiting;
    waiting = [];
    question = undefined;
    for (const resolve of resolvers) resolve(isProven);
    emit();
  }

  return {
    ask(methods) {
      // A page without the dialog: the call is rejected at once, instead of waiting for ever.
      if (listeners.size === 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        waiting.push(resolve);
        question ??= { methods };
        emit();
      });
    },
    question: () => question,
    answer,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) answer(false);
      };
    },
  };
}

/** The one of this tab. */
export const stepUpPrompt = createStepUpPrompt();

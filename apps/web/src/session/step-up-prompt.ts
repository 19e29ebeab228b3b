"use client";

/** The step-up prompt, for the dialog that shows it and the calls that wait for its answer. */
export interface StepUpPrompt {
  /** Asks for the password. Resolves true when it was confirmed, and false when not, or when no dialog can show it. */
  ask(): Promise<boolean>;
  isAsked(): boolean;
  answer(isProven: boolean): void;
  /** Calls back after every change. Returns what stops it; with the last one gone, the answer is no. */
  subscribe(listener: () => void): () => void;
}

export function createStepUpPrompt(): StepUpPrompt {
  let waiting: Array<(isProven: boolean) => void> = [];
  const listeners = new Set<() => void>();
  const emit = () => {
    for (const listener of [...listeners]) listener();
  };

  function answer(isProven: boolean): void {
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve(isProven);
    emit();
  }

  return {
    ask() {
      // A page without the dialog: the call is rejected at once, instead of waiting for ever.
      if (listeners.size === 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        waiting.push(resolve);
        emit();
      });
    },
    isAsked: () => waiting.length > 0,
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

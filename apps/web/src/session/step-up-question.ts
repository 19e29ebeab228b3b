"use client";

/** The question for the password, for whoever has to show it or wait for its answer. */
export interface ProofQuestion {
  /** Puts the question. Resolves true when the password was given, and false when not, or when nobody could show it. */
  ask(): Promise<boolean>;
  isAsked(): boolean;
  answer(isProven: boolean): void;
  /** Calls back after every change. Returns what stops it; with the last one gone, the answer is no. */
  subscribe(listener: () => void): () => void;
}

export function createProofQuestion(): ProofQuestion {
  let waiting: Array<(isProven: boolean) => void> = [];
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };

  function answer(isProven: boolean): void {
    const heard = waiting;
    waiting = [];
    for (const resolve of heard) resolve(isProven);
    tell();
  }

  return {
    ask() {
      // A page without the dialog: the caller hears the refusal at once, instead of waiting for ever.
      if (listeners.size === 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        waiting.push(resolve);
        tell();
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
export const proofQuestion = createProofQuestion();

"use client";

import { type RefObject, useEffect } from "react";

/**
 * Carries the username or email that the user typed from one of login, register and forgot-password to the others, in
 * this tab and until they are logged in (WCAG 3.3.7). Not in the address: that is kept in histories and logs. Where a
 * browser keeps nothing, they type it again.
 */
const key = "watchword:typed-identifier";

export function carryIdentifier(typed: string): void {
  quietly(() => window.sessionStorage.setItem(key, typed));
}

function carriedIdentifier(): string {
  return quietly(() => window.sessionStorage.getItem(key)) ?? "";
}

export function dropIdentifier(): void {
  quietly(() => window.sessionStorage.removeItem(key));
}

/** Fills empty inputs with what was typed on the page before: whichever `accepts` it. */
export function useCarriedIdentifier(
  form: RefObject<HTMLFormElement | null>,
  accepts: Readonly<Record<string, (identifier: string) => boolean>>,
): void {
  // Once, when the page is there; what is typed later wins.
  useEffect(() => {
    const identifier = carriedIdentifier();
    if (identifier === "") return;
    for (const [name, accepted] of Object.entries(accepts)) {
      const input = form.current?.elements.namedItem(name);
      if (input instanceof HTMLInputElement && input.value === "" && accepted(identifier)) input.value = identifier;
    }
  }, []);
}

function quietly<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined; // storage is switched off
  }
}

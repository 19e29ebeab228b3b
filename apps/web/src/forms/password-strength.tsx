"use client";

import { type RefObject, useEffect, useState } from "react";
import styles from "./password-strength.module.css";
import { type Strength, strengthWords } from "./strength-words.ts";

/** How strong the password in an input is, while it is typed. Advice: what is taken is for the server to say. */
export function PasswordStrength({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const strength = useStrength(input);
  return (
    <div className={styles.strength}>
      {strength !== undefined && (
        <>
          <meter
            className="visually-hidden"
            aria-label="Strength of the password"
            min={0}
            max={4}
            value={strength}
            aria-valuetext={strengthWords(strength)}
          />
          <div className={styles.bar} data-strength={strength} aria-hidden="true">
            <span />
            <span />
            <span />
            <span />
          </div>
        </>
      )}
      {/* Stays in the page while it is empty: what is not there cannot be announced. */}
      <p className={styles.words} role="status">
        {strength !== undefined && strengthWords(strength)}
      </p>
    </div>
  );
}

/** Milliseconds after the last key: a screen reader does not announce each letter. */
const quietMs = 400;

function useStrength(input: RefObject<HTMLInputElement | null>): Strength | undefined {
  const [strength, setStrength] = useState<Strength>();
  useEffect(() => {
    const element = input.current;
    let clock: ReturnType<typeof setTimeout> | undefined;
    async function judge() {
      if (!element?.value) return setStrength(undefined);
      try {
        const { judgeStrength } = await import("./strength-judge.ts");
        setStrength(element.value ? judgeStrength(element.value) : undefined);
      } catch {
        // It could not be loaded. A password can be chosen without it.
      }
    }
    function onInput() {
      clearTimeout(clock);
      clock = setTimeout(() => void judge(), quietMs);
    }
    element?.addEventListener("input", onInput);
    return () => {
      clearTimeout(clock);
      element?.removeEventListener("input", onInput);
    };
  }, [input]);
  return strength;
}

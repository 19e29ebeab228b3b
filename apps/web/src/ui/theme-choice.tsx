"use client";

import { type FormEvent, useState } from "react";
import { asTheme, type Theme, themeMaxAge } from "../format/theme.ts";
import styles from "./theme-choice.module.css";

const choices = [
  ["", "As on this device"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

interface ThemeChoiceProps {
  chosen: Theme | undefined;
  cookie: string;
  action: (form: FormData) => Promise<void>;
}

/**
 * Paper or slate. The choice is a cookie, so that the server's first paint already has it; without JavaScript the form
 * is posted.
 *
 * @param cookie its name
 * @param action keeps the choice where there is no script
 */
export function ThemeChoice({ chosen, cookie, action }: ThemeChoiceProps) {
  const [theme, setTheme] = useState(chosen);
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    const { submitter } = event.nativeEvent as SubmitEvent;
    if (!(submitter instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const next = asTheme(submitter.value);
    setTheme(next);
    document.documentElement.dataset.theme = next ?? "";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere.
    document.cookie = `${cookie}=${next ?? ""}; path=/; samesite=lax; max-age=${next ? themeMaxAge : 0}`;
  }
  return (
    <form action={action} onSubmit={onSubmit} className={styles.choice}>
      <fieldset>
        <legend className="visually-hidden">Colours</legend>
        {choices.map(([value, label]) => (
          <button key={value} type="submit" name="theme" value={value} aria-pressed={(theme ?? "") === value}>
            {label}
          </button>
        ))}
      </fieldset>
    </form>
  );
}

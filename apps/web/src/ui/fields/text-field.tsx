import type { ChangeEvent, InputHTMLAttributes } from "react";
import { FieldFrame, fieldAria } from "./field-frame.tsx";
import styles from "./form.module.css";

interface TextFieldProps
  extends Pick<
    InputHTMLAttributes<HTMLInputElement>,
    "type" | "autoComplete" | "inputMode" | "defaultValue" | "dir" | "spellCheck" | "autoCapitalize"
  > {
  /** The `id` and the `name`, the same on every load: password managers go by them. */
  name: string;
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
  onType?: (typed: string) => void;
}

/** One line of text with its label above, its hint before it is needed, and what is wrong with it. */
export function TextField({ name, label, hint, problem, onType, type = "text", ...input }: TextFieldProps) {
  return (
    <FieldFrame name={name} label={label} hint={hint} problem={problem}>
      <input
        {...input}
        {...fieldAria({ name, hint, problem })}
        className={styles.input}
        id={name}
        name={name}
        type={type}
        required
        onChange={(event: ChangeEvent<HTMLInputElement>) => onType?.(event.target.value)}
      />
    </FieldFrame>
  );
}

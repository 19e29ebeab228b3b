import type { ReactNode } from "react";
import styles from "./form.module.css";

interface FieldFrameProps {
  name: string;
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
  children: ReactNode;
}

/** What stands around every input, and in which order it is read. */
export function FieldFrame({ name, label, hint, problem, children }: FieldFrameProps) {
  return (
    <div className={problem ? `${styles.field} ${styles.wrong}` : styles.field}>
      <label className={styles.label} htmlFor={name}>
        {label}
      </label>
      {hint && (
        <p className={styles.hint} id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className={styles.problem} id={`${name}-problem`}>
          <span className="visually-hidden">Error: </span>
          <span>{problem}</span>
        </p>
      )}
      {children}
    </div>
  );
}

/** Ties an input to its hint and to what is wrong with it. */
export function fieldAria({ name, hint, problem }: Pick<FieldFrameProps, "name" | "hint" | "problem">) {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(" ");
  return {
    "aria-invalid": problem ? (true as const) : undefined,
    "aria-describedby": described === "" ? undefined : described,
  };
}

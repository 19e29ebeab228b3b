import { FieldFrame } from "./field-frame.tsx";
import styles from "./form.module.css";

interface FixedTextProps {
  /** The `id` and the `name`. */
  name: string;
  label: string;
  autoComplete: "username" | "email";
  value: string;
  dir: "auto" | "ltr";
}

/** What a form is about and cannot change: for people, and for password managers, which have to know. */
export function FixedText({ name, label, ...input }: FixedTextProps) {
  return (
    <FieldFrame name={name} label={label}>
      <input {...input} className={styles.fixed} id={name} name={name} readOnly spellCheck={false} />
    </FieldFrame>
  );
}

interface FixedUsernameProps {
  /** Another one where two forms may stand on a page. */
  name?: string;
  username: string;
}

/** Whose password a form is about. */
export function FixedUsername({ name = "username", username }: FixedUsernameProps) {
  return <FixedText name={name} label="Username" autoComplete="username" value={username} dir="auto" />;
}

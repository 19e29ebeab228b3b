import { FieldFrame } from "./field-frame.tsx";
import styles from "./form.module.css";

interface FixedUsernameProps {
  /** The `id` and the `name`: another one where two forms may stand on a page. */
  name?: string;
  username: string;
}

/** Whose password a form is about: for password managers, which have to know, and for people. */
export function FixedUsername({ name = "username", username }: FixedUsernameProps) {
  return (
    <FieldFrame name={name} label="Username">
      <input
        className={styles.fixed}
        id={name}
        name={name}
        autoComplete="username"
        value={username}
        dir="auto"
        readOnly
        spellCheck={false}
      />
    </FieldFrame>
  );
}

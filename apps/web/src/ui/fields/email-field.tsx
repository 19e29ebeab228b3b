import { TextField } from "./text-field.tsx";

interface EmailFieldProps {
  label?: string;
  defaultValue: string | undefined;
  problem: string | undefined;
  /** `username` where it is what one logs in by, so that password managers offer it; `off` where it is another user's. */
  autoComplete?: "email" | "username" | "off";
  onType?: (typed: string) => void;
}

/** An email address, which is written from left to right in every language. */
export function EmailField({ label = "Email", autoComplete = "email", ...field }: EmailFieldProps) {
  return (
    <TextField
      {...field}
      name="email"
      label={label}
      type="email"
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      dir="ltr"
    />
  );
}

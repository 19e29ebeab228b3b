import { methodName } from "../../messages/login-methods.ts";
import styles from "./form.module.css";
import { TextField } from "./text-field.tsx";

interface CodeFieldsProps {
  /** The kinds of credential that the user may choose from, by their names on the wire. */
  methods: readonly string[];
  /** Which of them was chosen before the page came back. */
  chosen?: string;
  /** The `id` and `name` of the two inputs, other ones where two forms may stand on a page. */
  names?: { method: string; code: string };
  /** What is wrong with the code. */
  problem?: string | undefined;
}

const ofPage = { method: "method", code: "code" };

/** The code of a credential, whatever kind it is of. */
export function CodeFields({ methods, chosen, names = ofPage, problem }: CodeFieldsProps) {
  const [only] = methods.length === 1 ? methods : [];
  return (
    <>
      {only === undefined ? (
        <MethodChoice name={names.method} methods={methods} chosen={chosen} />
      ) : (
        <input type="hidden" name={names.method} value={only} />
      )}
      {/* Text, not a number: some codes have letters. */}
      <TextField
        name={names.code}
        label="Code"
        hint={only && methodName(only)}
        autoComplete="one-time-code"
        inputMode="text"
        autoCapitalize="none"
        spellCheck={false}
        dir="ltr"
        problem={problem}
      />
    </>
  );
}

interface MethodChoiceProps extends Pick<CodeFieldsProps, "methods"> {
  name: string;
  chosen: string | undefined;
}

function MethodChoice({ name, methods, chosen }: MethodChoiceProps) {
  const checked = methods.find((method) => method === chosen) ?? methods[0];
  return (
    <fieldset className={styles.methods}>
      <legend className={styles.label}>Which code do you have?</legend>
      {methods.map((method) => (
        <div className={styles.choice} key={method}>
          <input id={`${name}-${method}`} name={name} type="radio" value={method} defaultChecked={method === checked} />
          <label htmlFor={`${name}-${method}`}>{methodName(method)}</label>
        </div>
      ))}
    </fieldset>
  );
}

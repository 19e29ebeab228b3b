interface SubmitButtonProps {
  children: string;
  pending: boolean;
  /** What is being done: "Logging in". */
  pendingLabel: string;
}

/** Stays in the tab order while it works, because focus that vanishes is lost; a second press does nothing. */
export function SubmitButton({ children, pending, pendingLabel }: SubmitButtonProps) {
  return (
    <>
      <button className="button" type="submit" aria-disabled={pending || undefined}>
        {pending ? `${pendingLabel}…` : children}
      </button>
      <span className="visually-hidden" role="status">
        {pending && pendingLabel}
      </span>
    </>
  );
}

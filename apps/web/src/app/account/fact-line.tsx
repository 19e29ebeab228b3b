import type { ReactNode } from "react";

/** A term and what it is, in a list of class `log`. */
export function FactLine({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

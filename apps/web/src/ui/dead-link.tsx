import { Alone } from "./layout.tsx";
import { PageTitle } from "./page-title.tsx";

/** For a link of a mail that is good for nothing, whatever the reason: which of them it is, is told to nobody. */
export function DeadLink({ again }: { again: { href: string; label: string } }) {
  return (
    <Alone>
      <PageTitle>This link is not valid</PageTitle>
      <h1>This link is not valid, or no longer</h1>
      <p>
        A link works once and for a short time, and dies when a newer one is sent, or the password or the address is
        changed. Nothing was changed now.
      </p>
      <p>
        <a className="button" href={again.href}>
          {again.label}
        </a>
      </p>
    </Alone>
  );
}

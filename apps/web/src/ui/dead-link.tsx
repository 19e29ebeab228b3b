import { Alone } from "./layout.tsx";
import { PageTitle } from "./page-title.tsx";

/** For a link of a mail that does not work. The page does not reveal the reason. */
export function DeadLink({ again }: { again: { href: string; label: string } }) {
  return (
    <Alone>
      <PageTitle>This link is not valid</PageTitle>
      <h1>This link is not valid or has expired</h1>
      <p>
        A link works once and for a short time. It stops working when a newer link is sent, or when the password or the
        address is changed. Nothing was changed.
      </p>
      <p>
        <a className="button" href={again.href}>
          {again.label}
        </a>
      </p>
    </Alone>
  );
}

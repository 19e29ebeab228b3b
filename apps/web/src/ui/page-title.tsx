/**
 * The document's one title. React hoists it, and changes it in place when a form turns out wrong; a `title` in Next's
 * metadata would stand beside it as a second one.
 */
export function PageTitle({ children, error = false }: { children: string; error?: boolean }) {
  return <title>{`${error ? "Error: " : ""}${children} – Watchword`}</title>;
}

/** A person's text where no `<bdi>` can stand: it keeps its own direction, and leaves the text around it alone (UAX 9). */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

import type { ReactNode } from "react";
import styles from "./page-links.module.css";

interface PageLinksProps {
  /** What a screen reader calls the links. */
  label: string;
  /** How much there is on all pages. */
  children?: ReactNode;
  /** The link to the first page; left out on that page. */
  first?: { href: string; text: string } | undefined;
  /** The link to the next page; left out on the last one. */
  next?: { href: string; text: string } | undefined;
}

/** Where a list has more than one page: how much there is, and links to its other pages. They work without scripts. */
export function PageLinks({ label, children, first, next }: PageLinksProps) {
  if (!first && !next) return null;
  return (
    <nav className={styles.pages} aria-label={label}>
      {children && <span>{children}</span>}
      {[first, next].map(
        (link) =>
          link && (
            <a key={link.text} className="reach" href={link.href}>
              {link.text}
            </a>
          ),
      )}
    </nav>
  );
}

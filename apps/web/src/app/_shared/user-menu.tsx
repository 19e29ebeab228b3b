import styles from "../../ui/layout.module.css";
import { LogoutButton } from "./logout-button.tsx";

export type Place = "account" | "files" | "admin";

interface UserMenuProps {
  /** The page that the menu marks as the current one. */
  place?: Place | undefined;
  isAdmin: boolean;
}

/** The menu of a logged-in user. */
export function UserMenu({ place, isAdmin }: UserMenuProps) {
  return (
    <nav className={styles.menu} aria-label="Your account">
      <a href="/files" aria-current={place === "files" ? "page" : undefined}>
        Files
      </a>
      <a href="/account" aria-current={place === "account" ? "page" : undefined}>
        Account
      </a>
      {isAdmin && (
        <a href="/admin" aria-current={place === "admin" ? "page" : undefined}>
          People
        </a>
      )}
      <LogoutButton />
    </nav>
  );
}

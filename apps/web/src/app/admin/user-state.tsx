import type { ManagedUserOutput } from "@watchword/auth/trpc";
import styles from "./admin.module.css";

/** What differs from an ordinary account: an administrator, a disabled account. */
export function State({ user: { role, disabledAt } }: { user: Pick<ManagedUserOutput, "role" | "disabledAt"> }) {
  return (
    <>
      <span>{role === "admin" && <span className={styles.role}>administrator</span>}</span>{" "}
      <span>{disabledAt !== null && <span className={styles.disabled}>disabled</span>}</span>
    </>
  );
}

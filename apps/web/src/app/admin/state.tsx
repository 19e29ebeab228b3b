import type { ManagedUserOutput } from "@watchword/auth/trpc";
import styles from "./admin.module.css";

/** What is not as with everybody: an administrator, a disabled account. */
export function State({ user: { role, disabledAt } }: { user: Pick<ManagedUserOutput, "role" | "disabledAt"> }) {
  return (
    <>
      <span>{role === "admin" && <span className={styles.role}>administrator</span>}</span>{" "}
      <span>{disabledAt !== null && <span className={styles.disabled}>disabled</span>}</span>
    </>
  );
}

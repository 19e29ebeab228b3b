import type { AuditKind } from "@watchword/auth/trpc";
import { type ActivityQuery, activityHref } from "../../../lists/activity-query.ts";
import styles from "./activity.module.css";

const labels: ReadonlyArray<readonly [AuditKind | undefined, string]> = [
  [undefined, "All"],
  ["logins", "Logins"],
  ["sessions", "Sessions"],
  ["account", "Account"],
  ["warnings", "Warnings"],
];

/** Links, and no form: each choice has an address, works without scripts, and is one click. */
export function ActivityFilter({ query: { kind, session } }: { query: ActivityQuery }) {
  return (
    <>
      <nav className={styles.kinds} aria-label="Kinds of activity">
        {labels.map(([value, label]) => (
          <a
            key={label}
            href={activityHref({ ...(value && { kind: value }), ...(session && { session }) })}
            aria-current={value === kind ? "page" : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      {session && (
        <p className={styles.only}>
          Of one session alone.{" "}
          <a className="reach" href={activityHref(kind ? { kind } : {})}>
            Show all sessions
          </a>
        </p>
      )}
    </>
  );
}

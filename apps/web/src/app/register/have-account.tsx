import styles from "../../ui/fields/form.module.css";

/** The link for a user who already has an account. */
export function HaveAccount({ loginHref }: { loginHref: string }) {
  return (
    <p className={styles.also}>
      <span className="reach">
        <span>
          Already have an account? <a href={loginHref}>Log in</a>
        </span>
      </span>
    </p>
  );
}

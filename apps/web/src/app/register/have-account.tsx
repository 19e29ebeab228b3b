import styles from "../../ui/fields/form.module.css";

/** The way out for whoever is at the wrong door. */
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

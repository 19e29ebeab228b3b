"use client";

import { AddressForm } from "../../forms/address-form.tsx";
import styles from "../../ui/fields/form.module.css";
import { requestRegistration } from "./actions.ts";
import { HaveAccount } from "./have-account.tsx";

/** Asks for the address alone: the rest follows from the link that is sent to it. */
export function RequestForm({ loginHref }: { loginHref: string }) {
  const title = "Create an account";
  return (
    <>
      <AddressForm action={requestRegistration} title={title} heading={title} autoComplete="email">
        <p className={styles.lead}>
          Enter your email address. We send you a link. Use it to choose a name and a password.
        </p>
      </AddressForm>
      <HaveAccount loginHref={loginHref} />
    </>
  );
}

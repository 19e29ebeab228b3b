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
          Give your email address. A link to the rest, a name and a password, is sent to it.
        </p>
      </AddressForm>
      <HaveAccount loginHref={loginHref} />
    </>
  );
}

"use client";

import type { ReactNode } from "react";
import { AddressForm } from "../../forms/address-form.tsx";
import styles from "../../ui/fields/form.module.css";
import { requestReset } from "./actions.ts";

interface ForgotFormProps {
  next: string;
  backHref: string;
  children: ReactNode;
}

export function ForgotForm({ next, backHref, children }: ForgotFormProps) {
  return (
    <>
      <AddressForm
        action={requestReset}
        title="Forgot your password"
        heading="Forgot your password?"
        autoComplete="username"
        next={next}
      >
        {children}
      </AddressForm>
      <p className={styles.also}>
        <a className="reach" href={backHref}>
          Back
        </a>
      </p>
    </>
  );
}

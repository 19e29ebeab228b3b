"use client";

import { useEffect, useState } from "react";
import { carriedIdentifier } from "../../components/form/carried-identifier.ts";
import styles from "./forgot-password.module.css";

/** Tells that what was typed on the login page has not been lost. */
export function KeptIdentifier() {
  const [identifier, setIdentifier] = useState("");
  useEffect(() => setIdentifier(carriedIdentifier()), []);
  if (identifier === "") return null;
  return (
    <p className={styles.kept}>
      Kept for the login page: <bdi>{identifier}</bdi>
    </p>
  );
}

"use client";

import { useEffect } from "react";
import { pageOfFormerPart } from "./former-parts-list.ts";

/** Leads an address with a fragment of before to the page where that part is now. Without a script it ends at the link to that page. */
export function FormerParts() {
  useEffect(() => {
    const page = pageOfFormerPart(window.location.hash.slice(1));
    if (page) window.location.replace(page);
  }, []);
  return null;
}

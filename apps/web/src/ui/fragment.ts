"use client";

import { useEffect, useState } from "react";

/** See `safeReturnTo`: a longer address is replaced by the usual one. */
const longest = 2048;

/**
 * The fragment of this page's address, as it was when the page was loaded; "" on the server. A browser takes the fragment
 * of a page along when it is redirected to the login page, and no server ever sees it: so only a script can bring it back.
 */
export function useFragment(): string {
  const [fragment, setFragment] = useState("");
  useEffect(() => setFragment(window.location.hash), []);
  return fragment;
}

/** Where a login leads, with the fragment that was asked for. The server checks the whole again. */
export function withFragment(next: string, fragment: string): string {
  return next.includes("#") || next.length + fragment.length > longest ? next : next + fragment;
}

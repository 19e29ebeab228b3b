"use client";

import { useEffect } from "react";

/**
 * Loads the page anew when the browser brings it back from memory with Back or Forward: it may show a user who has
 * logged out since, or a form that was already sent. Hidden until then, so that nothing of it is seen.
 */
export function BackForwardGuard() {
  useEffect(() => {
    const reload = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      document.documentElement.hidden = true;
      window.location.reload();
    };
    window.addEventListener("pageshow", reload);
    return () => window.removeEventListener("pageshow", reload);
  }, []);
  return null;
}

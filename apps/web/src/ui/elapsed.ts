"use client";

import { useEffect, useState } from "react";

/**
 * Seconds that have passed, updated once a second: since the page's first byte arrived, or since the given answer was
 * shown. By the browser's steady clock, which no wrong time of day can mislead. 0 without JavaScript and in the first
 * paint.
 */
export function useElapsedSeconds(since: "page" | object): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const start = since === "page" ? pageArrivedAt() : performance.now();
    const tick = () => setElapsed((performance.now() - start) / 1000);
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [since]);
  return elapsed;
}

function pageArrivedAt(): number {
  const [page] = performance.getEntriesByType("navigation");
  return page instanceof PerformanceNavigationTiming ? page.responseStart : performance.now();
}

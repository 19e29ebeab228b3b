"use client";

import { useEffect, useState } from "react";
import { exactTime, relativeDay } from "../format/time-words.ts";
import styles from "./local-time.module.css";

interface LocalTimeProps {
  /** ISO 8601, as it comes from the server. */
  at: string;
  /** The server's time, ISO 8601: what counts as today is not left to a device whose clock may be wrong. */
  now: string;
}

/**
 * A time as people say it, in the reader's zone: "today, 14:05", and exactly on hover. The server does not know
 * the zone, so its words (in UTC) are seen only where no script will put them right.
 */
export function LocalTime({ at, now }: LocalTimeProps) {
  const [zone, setZone] = useState<string>();
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  const shownIn = zone ?? "UTC";
  return (
    <time className={zone ? undefined : styles.unplaced} dateTime={at} title={zone ? exactTime(at, zone) : at}>
      {`${relativeDay(at, { now, zone: shownIn })}${zone ? "" : " UTC"}`}
    </time>
  );
}

"use client";

import type { AuditEntryOutput } from "@watchword/auth/trpc";
import { type AuditLogLine, auditLogLines, type Whose } from "../../messages/audit-log.ts";
import { deviceName } from "../../messages/device-name.ts";
import { LocalTime } from "../../ui/local-time.tsx";
import { Steps } from "../../ui/steps.tsx";
import account from "./account.module.css";
import styles from "./audit-log.module.css";

interface AuditLogLinesProps {
  /** Undefined as long as they are not known. */
  entries: readonly AuditEntryOutput[] | undefined;
  /** The server's time, ISO 8601. */
  now: string;
  whose: Whose;
}

/** What happened, as a line with notches, the newest first. */
export function AuditLogLines({ entries, now, whose }: AuditLogLinesProps) {
  const lines = entries && auditLogLines(entries, whose);
  return (
    <>
      {lines?.length === 0 && <p className={styles.note}>There are no entries.</p>}
      <div className={styles.line}>
        <Steps
          moments={(lines ?? []).map((line) => ({
            title: line.times > 1 ? `${line.words.title}, ${line.times} times` : line.words.title,
            text: <Facts line={line} now={now} />,
            ...(line.words.alarming ? { alarming: true } : {}),
          }))}
        />
      </div>
    </>
  );
}

function Facts({ line: { entry, words, times, since }, now }: { line: AuditLogLine; now: string }) {
  const device = words.saysDevice || entry.userAgent === null ? undefined : deviceName(entry.userAgent);
  // Each in an element of its own: a translator puts others around bare texts, and React can neither remove such a text nor
  // insert anything in front of it.
  return (
    <>
      {words.text && <span className={styles.text}>{words.text}</span>}
      <LocalTime at={entry.at} now={now} />
      {times > 1 && minuteOf(since) !== minuteOf(entry.at) && (
        <span>
          , the first <LocalTime at={since} now={now} />
        </span>
      )}
      {device && <span>{` · ${device}`}</span>}
      {entry.ipAddress && (
        <span>
          {" · "}
          <code>{entry.ipAddress}</code>
        </span>
      )}
      {entry.current && (
        <span>
          {" "}
          <span className={account.here}>this session</span>
        </span>
      )}
    </>
  );
}

/** As exact as a time is said here: ISO 8601 up to the minute. */
function minuteOf(at: string): string {
  return at.slice(0, "2026-01-01T00:00".length);
}

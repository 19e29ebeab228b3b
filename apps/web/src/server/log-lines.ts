/** Where lines go: standard output, or a test's. */
export interface LineTarget {
  write(text: string): unknown;
  /** What waits for a reader, in bytes. */
  readonly writableLength: number;
}

export interface LogLines {
  add(line: Record<string, unknown>): void;
  /** Writes what waits, at once. */
  flush(): void;
}

/** What may wait for a reader that has stopped reading, in bytes: an hour's worth of a quiet server. */
const mostWaiting = 1024 * 1024;

/**
 * Lines of one turn of the event loop go out together: each write is a call into the system, and costs as much as the rest of a small
 * request. No request waits for the log or is rejected because of it: what cannot be written is counted and left out.
 */
export function createLogLines(target: LineTarget): LogLines {
  let waiting: string[] = [];
  let lost = 0;
  /** What the waiting lines say of lost ones: not said before they are written. */
  let counted = 0;

  function flush(): void {
    const lines = waiting;
    const before = counted;
    waiting = [];
    counted = 0;
    if (lines.length === 0) return;
    try {
      target.write(lines.join(""));
    } catch {
      lost += lines.length + before;
    }
  }

  return {
    add(line) {
      try {
        if (target.writableLength > mostWaiting) throw new Error("The log has no reader");
        const whole = lost > 0 ? { linesLost: lost, ...line } : line;
        const text = `${JSON.stringify({ time: new Date().toISOString(), ...whole })}\n`;
        if (waiting.push(text) === 1) setImmediate(flush);
        counted += lost;
        lost = 0;
      } catch {
        lost += 1;
      }
    },
    flush,
  };
}

/** The log of this process. What waits when it ends is written then, however it ends, unless it is killed. */
export function createProcessLog(): LogLines {
  const lines = createLogLines(process.stdout);
  process.on("exit", () => lines.flush());
  return lines;
}

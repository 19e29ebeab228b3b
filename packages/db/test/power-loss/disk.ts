import type { Step } from "./trace.ts";

type Change = Exclude<Step, { flush: number }>;

/** What a disk writes whole or not at all. */
const sectorBytes = 512;

/** The content of a file, which grows without being copied at each step. */
class Content {
  #bytes: Buffer;
  #size: number;

  constructor(bytes: Buffer) {
    this.#bytes = Buffer.from(bytes);
    this.#size = bytes.length;
  }

  apply(change: Change): void {
    if (change.kind === "truncate") {
      this.#resize(change.size);
    } else {
      this.#resize(Math.max(this.#size, change.at + change.data.length));
      change.data.copy(this.#bytes, change.at);
    }
  }

  copy(): Content {
    return new Content(this.bytes());
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** What is between the old end and a new one is zero, as in a file. */
  #resize(size: number): void {
    if (size > this.#bytes.length) this.#bytes = Buffer.concat([this.bytes()], 2 * size);
    else if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

/** A file as it is on the disk, and what was written to it since and may be lost. */
class RecordedFile {
  readonly #flushed: Content;
  #unflushed: Change[] = [];
  /** For each flush that has begun, how many of the changes it covers. */
  readonly #covered = new Map<number, number>();

  constructor(content: Buffer) {
    this.#flushed = new Content(content);
  }

  apply(step: Step): void {
    if (step.kind === "flush begins") this.#covered.set(step.flush, this.#unflushed.length);
    else if (step.kind === "flush ended") this.#flush(step.flush);
    else this.#unflushed.push(step);
  }

  /** As a power cut may leave it: what was flushed, and those sectors of the rest that `isWritten` chooses. */
  afterPowerCut(isWritten: () => boolean): Buffer {
    const content = this.#flushed.copy();
    for (const change of this.#unflushed) {
      for (const part of sectorsOf(change)) if (isWritten()) content.apply(part);
    }
    return content.bytes();
  }

  #flush(flush: number): void {
    const count = this.#covered.get(flush) ?? 0;
    this.#covered.delete(flush);
    for (const change of this.#unflushed.splice(0, count)) this.#flushed.apply(change);
    for (const [other, covered] of this.#covered) this.#covered.set(other, Math.max(0, covered - count));
  }
}

/** The disk of a recorded process, at each of its steps. */
export class RecordedDisk {
  readonly #files: { database: RecordedFile; log: RecordedFile };

  /** @param database as it was flushed before the process began */
  constructor(database: Buffer) {
    this.#files = { database: new RecordedFile(database), log: new RecordedFile(Buffer.alloc(0)) };
  }

  apply(step: Step): void {
    if (step.file !== "acks") this.#files[step.file].apply(step);
  }

  afterPowerCut(isWritten: () => boolean): { database: Buffer; log: Buffer } {
    const { database, log } = this.#files;
    return { database: database.afterPowerCut(isWritten), log: log.afterPowerCut(isWritten) };
  }
}

function sectorsOf(change: Change): Change[] {
  if (change.kind === "truncate") return [change];
  const { at, data } = change;
  const parts: Change[] = [];
  for (let from = 0; from < data.length; ) {
    const to = Math.min(data.length, from + sectorBytes - ((at + from) % sectorBytes));
    parts.push({ ...change, at: at + from, data: data.subarray(from, to) });
    from = to;
  }
  return parts;
}

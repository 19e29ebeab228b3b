/**
 * The port to where the facts about files are kept. Times are milliseconds since 1970, ids UUIDs, sizes in bytes.
 *
 * An upload that is under way holds its room by a lease, which its process renews. One whose lease has run out holds none: its
 * process is gone, or was suspended. It may still go on if there is room; that is decided anew, with its own room counted.
 */
export interface FileStore {
  /**
   * Reserves room for a file that is about to arrive. Atomic: only while the user's files, those still arriving too,
   * stay within `quotaBytes` together with it; of concurrent calls none can push the sum over.
   */
  reserve(file: NewFile, quota: FileQuota): Promise<"reserved" | "quota_exceeded">;
  /**
   * Prolongs the lease of an upload. Atomic: only while it holds its room, or there is room for it again. `gone`: its row was
   * removed.
   */
  renew(upload: FileOwner & { leasedUntil: number }, quota: FileQuota): Promise<UploadOutcome>;
  /**
   * Makes an arrived file visible, with the size it turned out to have (never more than was reserved). Atomic, and under the same
   * condition as `renew`. `gone` also for one that has arrived already.
   */
  complete(file: FileOwner & { sizeBytes: number }, quota: FileQuota): Promise<UploadOutcome>;
  /** The user's files that have arrived, newest first. */
  list(userId: string): Promise<FileRecord[]>;
  /** So many of them at most, behind one place of that order. */
  page(query: { userId: string; before: FilePlace | undefined; limit: number }): Promise<FileRecord[]>;
  /** How many there are. */
  count(userId: string): Promise<number>;
  find(owner: FileOwner): Promise<FileRecord | undefined>;
  /** Forgets a file, arrived or not. True when it was there and was this user's. */
  remove(owner: FileOwner & { now: number }): Promise<boolean>;
  /** Uploads that hold no room any more: what a crash left behind. */
  abandoned(times: UploadTimes): Promise<FileOwner[]>;
  /** Removes one of those. Atomic: only while it holds no room and has not arrived. */
  removeAbandoned(upload: FileOwner, times: UploadTimes): Promise<boolean>;
  /** Whether there is such a file, of any user, arrived or not. */
  isKnown(id: string): Promise<boolean>;
  /** Bytes that a user has in use, those that are still arriving included. */
  usedBytes(userId: string, times: UploadTimes): Promise<number>;
}

export interface FileOwner {
  id: string;
  userId: string;
}

export type UploadOutcome = "done" | "gone" | "quota_exceeded";

/** What tells an upload that is under way from one that is not. */
export interface UploadTimes {
  now: number;
  /** When a lease ends that is given now. One that ends later was given by a clock of the future, and counts as run out. */
  leaseUntil: number;
  /** An upload without a lease, of the version before, is under way if it began after this. */
  leaselessSince: number;
}

export interface FileQuota extends UploadTimes {
  /** The most bytes of all files of one user. */
  quotaBytes: number;
}

/** For how long a process that says nothing is believed to be receiving: as long as it may be suspended or find the database busy. */
const leaseMs = 30_000;

/** No connection of the version before lives so long. */
const leaselessMs = 24 * 60 * 60 * 1000;

export function uploadTimesAt(now: number): UploadTimes {
  return { now, leaseUntil: now + leaseMs, leaselessSince: now - leaselessMs };
}

export interface FileRecord {
  id: string;
  userId: string;
  /** As its owner calls it. Never part of a path. */
  name: string;
  contentType: string;
  sizeBytes: number;
  createdAt: number;
}

/** A place in the list of a user's files: behind the file that it names. */
export type FilePlace = Pick<FileRecord, "createdAt" | "id">;

export interface NewFile extends FileRecord {
  /** Room that is reserved until the true size is known. */
  sizeBytes: number;
  leasedUntil: number;
}

/** The port to where the bytes are kept. The id is a UUID that we made, so that it is safe in a path. */
export interface BlobStore {
  /**
   * Writes a stream. All of it or nothing: a stream that breaks off, or grows beyond `limitBytes`, leaves nothing behind.
   *
   * @returns the number of bytes written
   * @throws {AuthError} `payload_too_large`, `validation_failed` when the stream breaks off, or `temporarily_unavailable` when the disk is full or gone
   */
  write(id: string, content: ReadableStream<Uint8Array>, limitBytes: number): Promise<number>;
  /** Whether there is such a blob. Opens nothing. */
  has(id: string): Promise<boolean>;
  /**
   * A blob as a stream, or undefined when there is none. Nothing is open before the stream is first read, nor after it has ended or
   * was cancelled.
   */
  read(id: string): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Removes a blob. Not being there is fine. */
  remove(id: string): Promise<void>;
  /** The ids of blobs to which nothing was written since that instant, those that never arrived in full included. */
  untouchedSince(before: number): AsyncIterable<string>;
}

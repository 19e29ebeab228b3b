/** The port to where the facts about files are kept. Times are milliseconds since 1970, ids UUIDs, sizes in bytes. */
export interface FileStore {
  /**
   * Reserves room for a file that is about to arrive. Atomic: only while the user's files, those still arriving too,
   * stay within `quotaBytes` together with it; of concurrent calls none can push the sum over.
   */
  reserve(file: NewFile, quotaBytes: number): Promise<"reserved" | "quota_exceeded">;
  /** Makes an arrived file visible, with the size it turned out to have (never more than was reserved). */
  complete(file: { id: string; userId: string; sizeBytes: number }): Promise<boolean>;
  /** The user's files that have arrived, newest first. */
  list(userId: string): Promise<FileRecord[]>;
  find(owner: { id: string; userId: string }): Promise<FileRecord | undefined>;
  /** Forgets a file, arrived or not. True when it was there and was this user's. */
  remove(owner: { id: string; userId: string; now: number }): Promise<boolean>;
  /** Files that began to arrive before this instant and never did: what a crash left behind. */
  abandoned(before: number): Promise<{ id: string; userId: string }[]>;
  /** Whether there is such a file, whoever it belongs to and arrived or not. */
  isKnown(id: string): Promise<boolean>;
  /** Bytes that a user has in use, those that are still arriving included. */
  usedBytes(userId: string): Promise<number>;
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

export interface NewFile extends FileRecord {
  /** Room that is reserved until the true size is known. */
  sizeBytes: number;
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

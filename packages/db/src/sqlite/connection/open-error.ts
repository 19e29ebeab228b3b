import { statSync } from "node:fs";

export type OpenProblem =
  | "is_a_folder"
  | "not_a_database"
  | "damaged"
  | "read_only"
  | "disk_full"
  | "locked"
  | "unreadable"
  | "other_schema"
  | "newer_version";

/** A database that cannot be opened. The message is a sentence for the operator, without what to do about it. */
export class DatabaseOpenError extends Error {
  override readonly name = "DatabaseOpenError";
  readonly problem: OpenProblem;
  constructor(problem: OpenProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** By the first part of what SQLite calls the state. */
const problems: Record<string, [OpenProblem, string]> = {
  NOTADB: ["not_a_database", "this file is not a database"],
  CORRUPT: ["damaged", "this database is damaged"],
  READONLY: ["read_only", "this database cannot be written to"],
  FULL: ["disk_full", "there is no room left on the disk of this database"],
  IOERR: ["unreadable", "the disk of this database cannot be read or written to"],
  CANTOPEN: ["unreadable", "this database cannot be opened"],
  PERM: ["unreadable", "this database cannot be opened"],
  AUTH: ["unreadable", "this database cannot be opened"],
  BUSY: ["locked", "this database is locked by another process"],
  LOCKED: ["locked", "this database is locked by another process"],
  PROTOCOL: ["locked", "this database is locked by another process"],
};

/** SQLite has one state for all that is wrong with a statement. Of these the tables are the cause, and of the rest we are. */
const misfit =
  /^no such (?:table|column|index|trigger)\b|already exists$|^there is already |^table .* has no column |^duplicate column name|^error in (?:index|table|trigger|view) /;
const otherSchema =
  "the tables of this database are not those of this version: another version or another program made them, or they were changed by hand";

/** What an operator is told of an error of SQLite's or of the file system's; any other error is returned as it is. */
export function explainOpenFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (isFolder(file))
    return new DatabaseOpenError("is_a_folder", `${file}: this is a folder, and no database`, { cause: error });
  const state = /^SQLITE_([A-Z]+)/.exec(error.code)?.[1];
  if (state === "ERROR" && misfit.test(error.message))
    return new DatabaseOpenError("other_schema", `${file}: ${otherSchema}`, { cause: error });
  const [problem, text] = problems[state ?? ""] ?? [];
  return problem === undefined ? error : new DatabaseOpenError(problem, `${file}: ${text}`, { cause: error });
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

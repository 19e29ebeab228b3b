import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import type { StoredTokens, TokenStore } from "../client/token-store.ts";
import { type FileLockOptions, withFileLock } from "./file-lock.ts";
import {
  makePrivateFolder,
  readPrivateFile,
  removeUnfinished,
  replacePrivateFile,
  tryPrivateFile,
} from "./private-file.ts";
import { asTokenFileError, codeOf, TokenFileError } from "./token-file-error.ts";

export interface TokenFileOptions {
  /** The file. It is made, and its folder with it, when there is something to keep. */
  path: string;
  /**
   * Called with each warning about the state of the file, once. Without it Node prints them as
   * warnings of the process.
   */
  warn?: (sentence: string) => void;
}

/** The file in which a person's logins are kept: the tokens of one login for each server, readable by its owner alone. */
export interface TokenFile {
  /** The tokens of one server. They can be reached by its own address alone, so they are never sent to another. */
  of(url: string): FileTokenStore;
  /** The addresses that there are logins for. */
  servers(): Promise<string[]>;
}

/** A store that any number of processes share. Each of its calls throws a `TokenFileError` or nothing at all. */
export interface FileTokenStore extends TokenStore {
  /** See `withFileLock`. Work inside of such work, on the same login, does not wait for itself. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Makes sure that a login could be kept, before a password is asked for: the file is one of logins, and its folder takes
   * another.
   */
  prepare(): Promise<void>;
}

interface Logins {
  version: 1;
  servers: Record<string, unknown>;
}

/** Writing takes milliseconds. */
const writing: FileLockOptions = { waitMs: 2000, staleMs: 10_000 };
/** A refresh may take as long as two requests may take. */
const renewing: FileLockOptions = { waitMs: 20_000, staleMs: 45_000 };

/**
 * Keeps one login in a file: `createBodySession({ url: …, store: createFileTokenStore({ path, url }) })`.
 *
 * @param options.url what the login is kept under: the server's address, spelled the same way every time
 */
export function createFileTokenStore({ url, ...file }: TokenFileOptions & { url: string }): FileTokenStore {
  return openTokenFile(file).of(url);
}

/** The file as a whole: what it holds, and the one way to change it. */
function createLoginsFile(path: string, warnOnce: (sentence: string) => void) {
  async function read(): Promise<Logins | "none" | "damaged"> {
    const text = await readPrivateFile(path, () =>
      warnOnce("Others on this machine could read your logins; they no longer can. If they may have, log out"),
    );
    if (text === undefined) return "none";
    const logins = parseLogins(text, path);
    if (logins === "damaged") warnOnce(`The file of logins is damaged, and was not used: "${path}"`);
    return logins;
  }

  /** Reads, changes and replaces the file; what other processes write about other servers stays. */
  async function change(edit: (servers: Record<string, unknown>) => boolean): Promise<void> {
    await makePrivateFolder(path);
    await withFileLock(`${path}.lock`, writing, async (alone) => {
      if (alone) await removeUnfinished(path);
      const found = await read();
      const logins: Logins = typeof found === "string" ? { version: 1, servers: {} } : found;
      if (!edit(logins.servers)) return;
      if (found === "damaged") await putAside(path, warnOnce);
      if (Object.keys(logins.servers).length === 0) return rm(path, { force: true });
      await replacePrivateFile(path, `${JSON.stringify(logins, null, 2)}\n`);
    }).catch((error) => {
      throw asTokenFileError(path, error);
    });
  }

  return { read, change };
}

/**
 * Opens the file of logins. Reading it makes nothing; a damaged file counts as no logins at all, and is put aside, not
 * overwritten, when there is something new to keep.
 */
export function openTokenFile({
  path,
  warn = (sentence) => process.emitWarning(sentence),
}: TokenFileOptions): TokenFile {
  const warned = new Set<string>();
  const warnOnce = (sentence: string) => {
    if (!warned.has(sentence)) warn(sentence);
    warned.add(sentence);
  };

  const { read, change } = createLoginsFile(path, warnOnce);

  return {
    of: (url) => ({
      async read() {
        const logins = await read();
        return typeof logins === "string" ? null : tokensOf(logins.servers[url]);
      },
      write: ({ accessToken, refreshToken, stepUpToken }) =>
        change((servers) => {
          servers[url] = { accessToken, refreshToken, ...(stepUpToken && { stepUpToken }) };
          return true;
        }),
      clear: () =>
        change((servers) => {
          const known = url in servers;
          delete servers[url];
          return known;
        }),
      exclusively: (work) => renewAlone(path, url, work),
      async prepare() {
        await read();
        await tryPrivateFile(path);
      },
    }),

    async servers() {
      const logins = await read();
      return typeof logins === "string"
        ? []
        : Object.keys(logins.servers).filter((url) => tokensOf(logins.servers[url]));
    },
  };
}

/** The lock that the current work holds. A session that refreshes within it must not wait for its own caller. */
const heldAround = new AsyncLocalStorage<{ lock: string; isOver: boolean }>();

async function renewAlone<T>(path: string, url: string, work: () => Promise<T>): Promise<T> {
  // Another server's login is another lock, and its name shows nothing of the address.
  const lock = `${path}.${createHash("sha256").update(url).digest("hex").slice(0, 12)}.lock`;
  const around = heldAround.getStore();
  if (around?.lock === lock && !around.isOver) return work();
  await makePrivateFolder(path);
  return withFileLock(lock, renewing, async () => {
    const held = { lock, isOver: false };
    try {
      return await heldAround.run(held, work);
    } finally {
      // What was begun within and goes on afterwards has no lock any more.
      held.isOver = true;
    }
  });
}

/** @throws {TokenFileError} when a later version has written it: what that one knows must not be lost */
function parseLogins(text: string, path: string): Logins | "damaged" {
  const value = parseJson(text);
  if (!isRecord(value)) return "damaged";
  if (typeof value.version === "number" && value.version > 1) throw new TokenFileError("newer_version", path);
  // Without a prototype, so that no address can be mistaken for a property that every object has.
  return value.version === 1 && isRecord(value.servers)
    ? { version: 1, servers: Object.assign(Object.create(null), value.servers) }
    : "damaged";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tokensOf(entry: unknown): StoredTokens | null {
  if (!isRecord(entry)) return null;
  const { accessToken, refreshToken, stepUpToken } = entry;
  if (!isToken(accessToken) || !isToken(refreshToken)) return null;
  return { accessToken, refreshToken, ...(isToken(stepUpToken) && { stepUpToken }) };
}

/** What can stand in a header. Anything else would be rejected there, in a message that quotes it. */
function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

async function putAside(path: string, warn: (sentence: string) => void): Promise<void> {
  const aside = `${path}.damaged-${randomBytes(4).toString("hex")}`;
  try {
    await rename(path, aside);
    warn(`It is kept as "${aside}"`);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

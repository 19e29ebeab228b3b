import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { testStart } from "@watchword/auth/testing";
import type { Env } from "../env.ts";
import { run } from "../program.ts";
import type { Prompts, Terminal } from "../terminal.ts";
import { ada, type TestServer } from "./server.ts";

/** What a command left behind. */
export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** A user's machine: a home with a file of logins, and a shell to run commands from. */
export interface Machine {
  folder: string;
  env: Env & { tokenFile: string };
  /** The long pauses of its commands, in milliseconds. They take no time: see `skipLongPauses`. */
  pauses: number[];
  run(line: readonly string[], given?: Given): Promise<Outcome>;
  /** Logs Ada in, over a pipe. */
  login(): Promise<Outcome>;
  /** What the file of logins has for the server, or undefined. */
  tokens(): Promise<{ accessToken: string; refreshToken: string } | undefined>;
  remove(): Promise<void>;
}

interface Given {
  stdin?: string;
  /** What the user answers. What is not in it is not asked for. */
  prompts?: Partial<Prompts>;
  isTTY?: boolean;
  env?: Partial<Env>;
}

export async function startMachine(server: Pick<TestServer, "url">): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "watchword-cli-"));
  const env = { url: server.url, tokenFile: join(folder, "config", "tokens.json"), allowHttp: false, color: true };
  const machine: Machine = {
    folder,
    env,
    pauses: [],
    run: (line, given = {}) =>
      runIn({ ...env, ...given.env }, line, { ...given, delay: skipLongPauses(machine.pauses) }),
    login: () => machine.run(["login", ada.username, "--password-stdin"], { stdin: `${ada.password}\n` }),
    async tokens() {
      const text = await readFile(env.tokenFile, "utf8").catch(() => undefined);
      return text === undefined ? undefined : JSON.parse(text).servers[server.url];
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  return machine;
}

/** More than anything in the client waits for of itself, such as its turn at a lock. */
const longPauseMs = 7_000;

/** A pause that a busy server asked for is over at once. All else is waited for as ever: a lock is given up in real time. */
function skipLongPauses(pauses: number[]): Terminal["delay"] {
  return async (ms, signal) => {
    if (ms < longPauseMs) await setTimeout(ms, undefined, { signal });
    else pauses.push(ms);
  };
}

const unexpected = () => Promise.reject(new Error("This was not to be asked for"));
const noPrompts: Prompts = { identifier: unexpected, password: unexpected, method: unexpected, code: unexpected };

async function runIn(
  env: Env,
  line: readonly string[],
  { stdin = "", prompts, isTTY = false, delay }: Given & Pick<Terminal, "delay">,
): Promise<Outcome> {
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const output = Promise.all([textOf(stdout), textOf(stderr)]);
  const code = await run(
    line,
    {
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout,
      stderr,
      prompts: prompts && { ...noPrompts, ...prompts },
      now: () => testStart,
      ...(delay && { delay }),
      onStop: () => () => undefined,
    },
    env,
  );
  stdout.end();
  stderr.end();
  const [out, err] = await output;
  return { code, out, err };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

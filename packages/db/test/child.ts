import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inject, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/** A process of its own that runs a TypeScript file and answers questions over Node's IPC, one at a time. */
export interface Child<Question, Reply> {
  /** @returns undefined when the process died before it answered */
  ask(question: Question): Promise<Reply | undefined>;
  /** Every message that it sends, asked for or not. */
  onMessage(listener: (message: Reply) => void): void;
  /** Ends it at once, as a power switch would. */
  kill(): void;
  /** Resolves when the process is gone and all that it wrote has been read, with the signal that ended it, if one did. */
  readonly gone: Promise<NodeJS.Signals | null>;
}

/** Starts one, and resolves when it has sent its first message. It does not outlive the test. */
export async function startChild<Question, Reply>(
  file: URL,
  args: string[],
  env?: NodeJS.ProcessEnv,
): Promise<Child<Question, Reply>> {
  const child = fork(inject("childPrograms")[fileURLToPath(file)] ?? "", args, {
    cwd: packageFolder,
    ...(env && { env }),
    serialization: "advanced", // hashes stay octets on the way
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_code, signal) => resolve(signal));
  });
  const read = new Promise((resolve) => child.once("disconnect", resolve));
  const gone = Promise.all([exited, read]).then(([signal]) => signal);
  if ((await nextMessage(child, gone)) === undefined) throw new Error("The child process died before it was ready");
  return {
    async ask(question) {
      const answer = nextMessage<Reply>(child, gone);
      child.send(question as never);
      return await answer;
    },
    onMessage: (listener) => child.on("message", listener),
    kill: () => child.kill("SIGKILL"),
    gone,
  };
}

async function nextMessage<Reply>(child: ChildProcess, gone: Promise<unknown>): Promise<Reply | undefined> {
  const message = new Promise<Reply>((resolve) => child.once("message", (answer) => resolve(answer as Reply)));
  return await Promise.race([message, gone.then(() => undefined)]);
}

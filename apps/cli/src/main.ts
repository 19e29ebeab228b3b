import { readEnv } from "./env.ts";
import { listenForStops } from "./interrupt.ts";
import { run } from "./program.ts";
import { terminalPrompts } from "./prompts.ts";
import type { Terminal } from "./terminal.ts";

const { stdin, stdout, stderr } = process;

const terminal: Terminal = {
  stdin,
  stdout,
  stderr,
  prompts: stdin.isTTY && stderr.isTTY ? terminalPrompts : undefined,
  now: Date.now,
  onStop: listenForStops({
    on: (signal, callback) => process.on(signal, callback),
    exit: (code) => process.exit(code),
  }),
};

stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  // The reader of the pipe may close it early: `watchword files ls | head -1`.
  if (code === "EPIPE") process.exit(0);
  stderr.write(`The answer could not be written (${code ?? "unknown cause"})\n`);
  process.exit(1);
});
// Without stderr no message can be written; the exit code stays.
stderr.on("error", () => undefined);

process.exitCode = await run(process.argv.slice(2), terminal, readEnv());

import { readEnv } from "./env.ts";
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
  onInterrupt(callback) {
    process.once("SIGINT", callback);
    return () => process.off("SIGINT", callback);
  },
};

// Whoever reads us may have seen enough: `watchword files ls | head -1`.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), terminal, readEnv());

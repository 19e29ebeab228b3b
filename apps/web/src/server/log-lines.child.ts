import { createProcessLog } from "./log-lines.ts";

/** `node log-lines.child.mjs <count> <end>`: writes so many lines in one turn, and ends at once in that way. */
const [count = "0", end] = process.argv.slice(2);
const log = createProcessLog();
for (let line = 1; line <= Number(count); line += 1) log.add({ line });
if (end === "exit") process.exit(0);
if (end === "throw") throw new Error("The process ends with this");

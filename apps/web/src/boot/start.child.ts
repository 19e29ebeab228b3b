import type { Host } from "./host.ts";
import { start } from "./start.ts";

/**
 * What happens when the app starts, up to where it would serve pages: `node start.child.mjs <npm start | next>`, as whoever
 * runs it. What it prints is its greeting.
 */
const [by] = process.argv.slice(2);
const hosting = { pages: async () => {}, closePages: async () => {}, port: 0 };
if (by === "npm start") {
  const started = new Promise<void>((resolve, reject) => {
    const host: Host = { started: (serve) => void serve(hosting).then(resolve, reject) };
    (globalThis as { watchwordHost?: Host }).watchwordHost = host;
  });
  await Promise.all([start(), started]);
} else {
  await start();
}
process.exit(0);

// `npm run bench`: each question in a process of its own, one after the other, on the built app. `npm run bench peers -- [options]`
// holds the product against others; it takes more than an hour, and is no part of the rest. `npm run bench pages` is its part about pages.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const [first, ...others] = process.argv.slice(2);
if (first === "peers" || first === "pages") {
  run([fileURLToPath(new URL("../scripts/prepare-peers.mjs", import.meta.url))]);
  // Pages have contestants and yardsticks of their own, and take half as long as all else.
  const workloads = first === "pages" ? ["--workloads", "pages"] : [];
  run(["--import", "tsx", "peers/main.ts", ...workloads, ...others]);
} else {
  const wanted = first === undefined ? [] : [first, ...others];
  const questions = readdirSync(folder).filter((name) => name.endsWith(".bench.ts"));
  for (const question of questions) {
    if (wanted.length > 0 && !wanted.some((word) => question.includes(word))) continue;
    process.stdout.write(`\n${question.replace(".bench.ts", "")}\n`);
    run(["--import", "tsx", question]);
  }
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

// `npm run bench`: each question in a process of its own, one after the other, on the built app.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const questions = readdirSync(folder).filter((name) => name.endsWith(".bench.ts"));
for (const question of questions) {
  if (wanted.length > 0 && !wanted.some((word) => question.includes(word))) continue;
  process.stdout.write(`\n${question.replace(".bench.ts", "")}\n`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", question], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

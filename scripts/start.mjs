// `npm start` and `npm run dev`: from a fresh clone to a running app. Spawns the server itself and hands signals on,
// because a shell in between would leave it running when this is stopped.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { heapLimit } from "../apps/web/heap-limit.mjs";
import { listenOn } from "../apps/web/listen-address.mjs";
import { build, checkNode, fail, install, readSettings, root, withBin } from "./prepare.mjs";

const dev = process.argv.includes("--dev");
const parent = process.ppid;

checkNode();
readSettings();
const { port, address, problem } = listenOn(process.env);
const heap = heapLimit(process.env);
for (const what of [problem, heap.problem]) if (what) fail(`Watchword does not start. ${what}`);
install();
if (!dev) build();

const web = join(root, "apps", "web");
const server = spawn(process.execPath, dev ? nextDev() : [...heap.options, join(web, "serve.mjs")], {
  cwd: web,
  stdio: "inherit",
  env: { ...withBin(), PORT: String(port) },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));

// npm runs this through a shell, which may end without handing a signal on.
const checkParentMs = 500;
if (process.env.npm_lifecycle_event !== undefined) {
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    server.kill("SIGTERM");
  }, checkParentMs);
}

/** Reloading, and a server of Next's: without the limits of the one that is shipped. */
function nextDev() {
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  return [next, "dev", "--port", String(port), ...(address ? ["--hostname", address] : [])];
}

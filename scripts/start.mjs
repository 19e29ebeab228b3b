// `npm start` and `npm run dev`: from a fresh clone to a running app. Spawns the server itself and hands signals on,
// because a shell in between would leave it running when this is stopped.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, checkNode, fail, install, root, withBin } from "./prepare.mjs";

const dev = process.argv.includes("--dev");
const envFile = join(root, ".env");
if (existsSync(envFile)) process.loadEnvFile(envFile);

checkNode();
install();
if (!dev) build();

const web = join(root, "apps", "web");
const port = process.env.PORT || "3000";
if (!(Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65_536))
  fail("PORT: use a number from 1 to 65535");
// Only this machine reaches a server on localhost; behind a real address the operator's proxy has to reach it.
const host = isLoopback(process.env.APP_URL) ? "127.0.0.1" : undefined;
const server = spawn(process.execPath, dev ? nextDev() : [join(web, "serve.mjs"), port, ...(host ? [host] : [])], {
  cwd: web,
  stdio: "inherit",
  env: { ...withBin(), PORT: port, NEXT_TELEMETRY_DISABLED: "1" },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));

/** Reloading, and a server of Next's: without the limits of the one that is shipped. */
function nextDev() {
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  return [next, "dev", "--port", port, ...(host ? ["--hostname", host] : [])];
}

function isLoopback(appUrl) {
  return !appUrl || ["localhost", "127.0.0.1", "[::1]"].includes(new URL(appUrl).hostname);
}

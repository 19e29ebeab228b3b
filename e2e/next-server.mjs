import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Serves an app on a fresh data folder: what an earlier run left would make the journeys depend on it.
 *
 * @param {string} web the app's folder
 * @param {"start" | "next" | "dev"} mode as `npm start` serves it, as a host that only runs Next does, or reloading
 */
export function serveApp(web, mode) {
  const databaseFile = process.env.DATABASE_URL.slice("file:".length);
  rmSync(dirname(databaseFile), { recursive: true, force: true });
  const server = spawn(process.execPath, argumentsFor(web, mode, process.env.PORT), { cwd: web, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => process.exit(code ?? 0));
}

/** How Node is started for each mode. */
function argumentsFor(web, mode, port) {
  if (mode === "start") return [join(web, "serve.mjs"), port, "127.0.0.1"];
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  return [next, mode === "next" ? "start" : "dev", "--port", port, "--hostname", "127.0.0.1"];
}

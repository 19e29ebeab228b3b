import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Serves an app on a fresh data folder: what an earlier run left would make the journeys depend on it.
 *
 * @param {string} web the app's folder
 * @param {"start" | "dev"} mode as it was built, or reloading
 */
export function serveApp(web, mode) {
  const databaseFile = process.env.DATABASE_URL.slice("file:".length);
  rmSync(dirname(databaseFile), { recursive: true, force: true });
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  const args = [next, mode, "--port", process.env.PORT, "--hostname", "127.0.0.1"];
  const server = spawn(process.execPath, args, { cwd: web, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => process.exit(code ?? 0));
}

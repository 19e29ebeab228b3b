// Starts the built app for the browser tests, on a fresh folder: what an earlier run left would make them depend on it.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const databaseFile = process.env.DATABASE_URL.slice("file:".length);
rmSync(dirname(databaseFile), { recursive: true, force: true });
const web = fileURLToPath(new URL("../apps/web", import.meta.url));
const next = join(web, "node_modules", "next", "dist", "bin", "next");
const args = [next, "start", "--port", process.env.PORT, "--hostname", "127.0.0.1"];
const server = spawn(process.execPath, args, { cwd: web, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 0));

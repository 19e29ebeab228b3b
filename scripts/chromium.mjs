// Finds a real Chromium for the browser tests, or installs one: Debian's where this is root on Debian, else Playwright's.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run, say } from "./prepare.mjs";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The path of a Chromium, or undefined when Playwright brought its own and knows where it is. */
export function findOrInstallChromium() {
  const found = [process.env.CHROMIUM_PATH, ...places].find((path) => path && existsSync(path));
  if (found) return found;
  say("Installing Chromium for the browser tests");
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const quiet = {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    spawnSync("apt-get", ["update", "-qq"], quiet);
    spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], quiet);
    if (existsSync(places[0])) return places[0];
  }
  run("playwright", ["install", "chromium"]);
  return undefined;
}

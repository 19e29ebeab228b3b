// Finds a real Chromium for the browser tests, or installs one: Debian's where this is root on Debian, else Playwright's.
// Without a window to it where there is one: the same engine, and a page of it opens in less than half the time.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run, say } from "./prepare.mjs";

const places = [
  "/usr/bin/chromium-headless-shell",
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
    for (const name of ["chromium-headless-shell", "chromium"]) {
      spawnSync("apt-get", ["install", "-y", "-qq", name], quiet);
      if (existsSync(`/usr/bin/${name}`)) return `/usr/bin/${name}`;
    }
  }
  run("playwright", ["install", "--only-shell", "chromium"]);
  return undefined;
}

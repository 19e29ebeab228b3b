// Finds a real Chromium for the browser tests, or installs one. One without a window comes first: the same engine, and a page
// of it opens in less than half the time, which is most of what the browser tests cost.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run, say } from "./prepare.mjs";

const ofTheMachine = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The path of a Chromium, or undefined when Playwright brought its own and knows where it is. */
export async function findOrInstallChromium() {
  return (
    firstThatExists([process.env.CHROMIUM_PATH, "/usr/bin/chromium-headless-shell"]) ??
    (await unpackHeadlessShell()) ??
    firstThatExists(ofTheMachine) ??
    installChromium()
  );
}

function firstThatExists(paths) {
  return paths.find((path) => path && existsSync(path));
}

/**
 * The headless shell that is among our packages, for Linux on x64. It needs libraries that most machines have; where one is
 * missing, it does not start, and there is undefined.
 */
async function unpackHeadlessShell() {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const packageFile = join(root, "node_modules", "@sparticuz", "chromium", "package.json");
  const { version } = JSON.parse(readFileSync(packageFile, "utf8"));
  const folder = join(root, "node_modules", ".cache", "chromium", version);
  if (!existsSync(folder)) await unpackInto(folder);
  const shell = join(folder, "chromium");
  return spawnSync(shell, ["--version"], { stdio: "ignore" }).status === 0 ? shell : undefined;
}

/** All of it or nothing: what was unpacked in part would be taken for the whole next time. */
async function unpackInto(folder) {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const { TMPDIR } = process.env;
  // The package unpacks into the folder for temporary files. A path that everybody can guess and write to is not for programs.
  process.env.TMPDIR = unfinished;
  try {
    const { default: headlessShell } = await import("@sparticuz/chromium");
    await headlessShell.executablePath();
    renameSync(unfinished, folder);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Debian's where this is root on Debian, else Playwright's. */
function installChromium() {
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

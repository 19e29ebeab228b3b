// `npm run sbom`: what each app is made of when it runs, as CycloneDX documents (ECMA-424) beside this project's package.json. pnpm
// writes them of the lockfile. Time and serial number are left out, and lists are sorted: the same commit gives the same octets.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { spawning } from "./prepare.mjs";

/** The first line of pnpm whose `sbom` runs on every Node that we support. It installs nothing: `packageManager` does that. */
const pnpm = "pnpm@12.21.0";

/** What is shipped. */
const apps = ["web", "cli"];

/**
 * The document of one app and of what it needs to run.
 *
 * @param root the folder of the lockfile and of the manifests
 * @throws {Error} with what pnpm says, where it makes none
 */
export function sbomOf(app, root) {
  const filter = ["--filter", `@watchword/${app}`, "--fail-if-no-match", "--prod"];
  const form = ["--sbom-format", "cyclonedx", "--sbom-spec-version", "1.6", "--sbom-type", "application"];
  const { status, stdout, stderr } = spawnSync("npx", ["--yes", pnpm, ...filter, "sbom", "--lockfile-only", ...form], {
    ...spawning,
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
    // Without it this pnpm would hand over to the one that installs, which knows no `sbom`.
    env: { ...process.env, pnpm_config_pm_on_fail: "ignore" },
  });
  if (status !== 0) throw new Error(`"pnpm sbom" made no document of ${app}: ${stderr || stdout}`);
  const { serialNumber: _, ...bom } = JSON.parse(stdout);
  delete bom.metadata.timestamp;
  bom.components.sort(by("bom-ref"));
  bom.dependencies.sort(by("ref"));
  for (const { dependsOn } of bom.dependencies) dependsOn?.sort();
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function by(key) {
  return (one, other) => (one[key] < other[key] ? -1 : 1);
}

const here = fileURLToPath(import.meta.url);
if (process.argv[1] === here) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = resolve(process.argv[2] ?? root);
  for (const app of apps) {
    const file = join(folder, `sbom.${app}.cdx.json`);
    writeFileSync(file, sbomOf(app, root));
    console.log(file);
  }
}

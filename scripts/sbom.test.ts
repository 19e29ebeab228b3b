import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { sbomOf } from "./sbom.mjs";

interface Component {
  "bom-ref": string;
  purl: string;
  externalReferences?: Array<{ type: string; hashes?: Array<{ alg: string; content: string }> }>;
}

interface Sbom {
  specVersion: string;
  metadata: { component: Component };
  components: Component[];
  dependencies: Array<{ ref: string; dependsOn?: string[] }>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");
const lockfile = read("pnpm-lock.yaml");
const apps = ["web", "cli"] as const;

const texts: Record<string, string> = {};
const boms: Record<string, Sbom> = {};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "watchword-sbom-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "watchword-sbom-"));
  execFileSync(process.execPath, [join(root, "scripts", "sbom.mjs"), folder], { cwd: folder });
  for (const app of apps) {
    texts[app] = readFileSync(join(folder, `sbom.${app}.cdx.json`), "utf8");
    boms[app] = JSON.parse(texts[app]);
  }
  rmSync(folder, { recursive: true });
}, 120_000);

const bomOf = (app: string): Sbom => boms[app] ?? expect.fail(`no document of ${app}`);

/** The hash of each package in hexadecimal, by its `purl`, by reading the lockfile line for line. */
function hashesIn(lock: string): Map<string, string> {
  const [, section = ""] = /^packages:\n([\s\S]*?)^snapshots:/m.exec(lock) ?? [];
  const entry = /^ {2}'?(@?[^@\n]+)@([^':\n]+)'?:\n {4}resolution: \{integrity: sha512-([^,}]+)/gm;
  return new Map(
    [...section.matchAll(entry)].map(([, name = "", version = "", sha512 = ""]) => [
      purlOf(name, version),
      Buffer.from(sha512, "base64").toString("hex"),
    ]),
  );
}

const purlOf = (name: string, version: string) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const versionsOf = (app: string, name: string) =>
  bomOf(app).components.filter(({ purl }) => purl.startsWith(purlOf(name, ""))).length;
const isOurs = ({ purl }: Component) => purl.startsWith(purlOf("@watchword/", "").slice(0, -1));

describe("npm run sbom", () => {
  it.each(apps)("names each package of %s with the version and the hash of the lockfile (ASVS 15.1.2)", (app) => {
    const { specVersion, components } = bomOf(app);
    expect(specVersion).toBe("1.6");
    const hashes = hashesIn(lockfile);
    expect(hashes.size).toBe(lockfile.split("\n    resolution: ").length - 1);
    const found = components.filter((one) => !isOurs(one));
    expect(found.length).toBeGreaterThan(30);
    for (const { purl, externalReferences = [] } of found) {
      const written = externalReferences.flatMap((reference) => reference.hashes ?? []);
      expect([purl, written]).toEqual([purl, [{ alg: "SHA-512", content: hashes.get(purl) }]]);
    }
  });

  it("names what a running app needs, to the last step, and no tool that builds or tests it (ASVS 15.1.2)", () => {
    const workspaces = ["apps/web", "packages/api", "packages/auth", "packages/db"];
    const manifests = workspaces.map((workspace) => JSON.parse(read(`${workspace}/package.json`)));
    const named = manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies));
    // One goes by another name in its manifest.
    const needed = named.filter((name) => name !== "better-sqlite3-13");
    expect(needed).toEqual(expect.arrayContaining(["next", "react", "jose", "bcryptjs", "better-sqlite3", "zod"]));
    for (const name of needed) expect([name, versionsOf("web", name)]).not.toEqual([name, 0]);
    expect(versionsOf("web", "better-sqlite3")).toBe(2);
    for (const name of ["vitest", "knip", "turbo", "smtp-server", "autocannon", "@playwright/test"]) {
      expect([name, versionsOf("web", name), versionsOf("cli", name)]).toEqual([name, 0, 0]);
    }
    expect([versionsOf("cli", "@trpc/client"), versionsOf("cli", "next")]).toEqual([1, 0]);
    // What Next brings for pictures, on one kind of machine.
    expect(versionsOf("web", "@img/sharp-linux-x64")).toBe(1);
    // No manifest of ours names them: they are a step further, and two.
    expect([versionsOf("web", "scheduler"), versionsOf("web", "file-uri-to-path")]).toEqual([1, 1]);
  });

  it.each(apps)("says which package of %s needs which, of those that it names", (app) => {
    const { metadata, components, dependencies } = bomOf(app);
    const refs = new Set(components.map((component) => component["bom-ref"]));
    const asked = new Set(dependencies.flatMap(({ dependsOn = [] }) => dependsOn));
    expect([...asked].filter((ref) => !refs.has(ref))).toEqual([]);
    expect([...refs].filter((ref) => !asked.has(ref) && ref !== metadata.component["bom-ref"])).toEqual([]);
  });

  it("writes the same octets in another folder at another time, and no path of this machine", {
    timeout: 60_000,
  }, () => {
    const folder = temporaryFolder();
    const manifests = execFileSync("git", ["ls-files", "package.json", "*/package.json"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests.trim().split("\n")]) {
      cpSync(join(root, path), join(folder, path));
    }
    for (const app of apps) {
      expect(sbomOf(app, folder)).toBe(texts[app]);
      expect(texts[app]).not.toContain(root);
      expect(texts[app]).not.toMatch(/timestamp|serialNumber/);
    }
  });

  it("makes none without a lockfile, or of an app that is not there, and says why", { timeout: 60_000 }, () => {
    const folder = temporaryFolder();
    for (const path of ["package.json", "pnpm-workspace.yaml", "apps/cli/package.json"]) {
      cpSync(join(root, path), join(folder, path));
    }
    expect(() => sbomOf("cli", folder)).toThrow(/made no document of cli: [\s\S]*pnpm-lock\.yaml/);
    expect(() => sbomOf("web", folder)).toThrow(/made no document of web: No projects matched/);
  });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { beforeAll, describe, expect, it } from "vitest";
import { sbomOf } from "./sbom.mjs";

interface Sbom {
  metadata: object;
  components: Array<{ "bom-ref": string; purl: string; scope: string; hashes: object[] }>;
  dependencies: Array<{ ref: string; dependsOn?: string[] }>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");
const lockfile = read("pnpm-lock.yaml");
const problemsIn = (text: string) => new Validation.JsonStrictValidator(Spec.Spec1dot6.version).validate(text);

let text: string;
let sbom: Sbom;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "watchword-sbom-"));
  const file = join(folder, "sbom.cdx.json");
  execFileSync(process.execPath, [join(root, "scripts", "sbom.mjs"), file], { cwd: folder });
  text = readFileSync(file, "utf8");
  sbom = JSON.parse(text);
  rmSync(folder, { recursive: true });
});

/** Name, version and hash of each package, by reading the lockfile line for line. */
function packagesIn(lock: string): Array<[name: string, version: string, sha512: string]> {
  const [, section = ""] = /^packages:\n([\s\S]*?)^snapshots:/m.exec(lock) ?? [];
  const entry = /^ {2}'?(@?[^@\n]+)@([^':\n]+)'?:\n {4}resolution: \{integrity: sha512-([^,}]+)/gm;
  return [...section.matchAll(entry)].map(([, name = "", version = "", sha512 = ""]) => [name, version, sha512]);
}

const purlOf = (name: string, version: string) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
/** Of each version of a package. */
const scopesOf = (name: string) =>
  sbom.components.filter(({ purl }) => purl.startsWith(purlOf(name, ""))).map(({ scope }) => scope);

describe("npm run sbom", () => {
  it("writes a document that is right by CycloneDX's own schema (ASVS 15.1.2)", async () => {
    expect(await problemsIn(text)).toBeNull();
    expect(await problemsIn(text.replace('"alg": "SHA-512"', '"alg": "SHA-513"'))).not.toBeNull();
    expect(await problemsIn(text.replace('"bom-ref"', '"bom-name"'))).not.toBeNull();
  });

  it("names every package in the lockfile with its version and hash, and none besides (ASVS 15.1.2)", () => {
    const packages = packagesIn(lockfile);
    expect(packages.length).toBeGreaterThan(300);
    expect(packages.length).toBe(lockfile.split("\n    resolution: ").length - 1);
    const expected = packages.map(([name, version, sha512]) => [
      purlOf(name, version),
      [{ alg: "SHA-512", content: Buffer.from(sha512, "base64").toString("hex") }],
    ]);
    expect(sbom.components.map(({ purl, hashes }) => [purl, hashes]).sort()).toEqual(expected.sort());
  });

  it("tells what a running app needs from what builds and tests it (ASVS 15.1.2)", () => {
    const workspaces = ["apps/web", "apps/cli", "packages/api", "packages/auth", "packages/db"];
    const manifests = workspaces.map((workspace) => JSON.parse(read(`${workspace}/package.json`)));
    const named = manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies));
    // One of ours is in the lockfile by its place, and one goes by another name there.
    const needed = named.filter((name) => !name.startsWith("@watchword/") && name !== "better-sqlite3-13");
    expect(needed).toEqual(expect.arrayContaining(["next", "react", "jose", "bcryptjs", "better-sqlite3", "zod"]));
    for (const name of needed) expect([name, scopesOf(name)]).toEqual([name, expect.arrayContaining(["required"])]);
    expect(scopesOf("better-sqlite3")).toEqual(["required", "required"]);
    for (const name of ["vitest", "knip", "turbo", "smtp-server", "autocannon", "@cyclonedx/cyclonedx-library"]) {
      expect([name, scopesOf(name)]).toEqual([name, ["excluded"]]);
    }
    // What Next brings for pictures, on one kind of machine.
    expect(scopesOf("@img/sharp-linux-x64")).toEqual(["optional"]);
    // Not asked for by us, but by what is asked for: a step further, and two.
    expect(scopesOf("scheduler")).toEqual(["required"]);
    expect(scopesOf("file-uri-to-path")).toEqual(["required"]);
  });

  it("says who asks for what, of those that it names", () => {
    const refs = new Set(sbom.components.map((component) => component["bom-ref"]));
    const asked = sbom.dependencies.flatMap(({ dependsOn = [] }) => dependsOn);
    expect(asked.filter((ref) => !refs.has(ref))).toEqual([]);
    // Nothing is there that nobody asks for.
    expect([...refs].filter((ref) => !asked.includes(ref))).toEqual([]);
  });

  it("writes the same octets of the same lockfile, whenever and wherever, and no path of this machine", () => {
    expect(sbomOf(lockfile, JSON.parse(read("package.json")))).toBe(text);
    expect(text).not.toContain(root);
    expect(text).not.toMatch(/timestamp|serialNumber/);
  });

  it("makes none of a lockfile that it does not understand", () => {
    const app = { name: "app", version: "1.0.0" };
    const without = lockfile.replace(
      /resolution: \{integrity: [^}]+\}/,
      "resolution: {tarball: https://a.example/b.tgz}",
    );
    expect(() => sbomOf(without, app)).toThrow("has no hash");
    expect(() => sbomOf(lockfile.replace("lockfileVersion: '9.0'", "lockfileVersion: '10.0'"), app)).toThrow("10.0");
    const torn = lockfile.replace(/^ {2}scheduler@[^:]+: \{\}$/m, "");
    expect(() => sbomOf(torn, app)).toThrow(/^scheduler \S+ is not in the lockfile$/);
  });
});

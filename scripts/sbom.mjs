// `npm run sbom`: what this is made of, as a CycloneDX document (ECMA-424) beside this project's package.json. Of the lockfile
// alone, and without the time: whoever makes it of the same commit, on whatever machine, gets the same octets. Licences are not
// in a lockfile, and are not in it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of what is shipped. What they do not need is there to build and to test. */
const shipped = ["apps/web", "apps/cli"];

const specification = Spec.Spec1dot6;

/** The document for a lockfile of pnpm's, version 9. */
export function sbomOf(lockfile, { name, version }) {
  const lock = parse(lockfile);
  if (!String(lock.lockfileVersion).startsWith("9.")) throw new Error(`What is lockfile ${lock.lockfileVersion} like?`);
  const required = reachedFrom(lock, shipped, ["dependencies"]);
  const reached = reachedFrom(lock, shipped, ["dependencies", "optionalDependencies"]);
  const scopeOf = (key) => (required.has(key) ? "Required" : reached.has(key) ? "Optional" : "Excluded");
  const components = new Map(
    Object.entries(lock.packages).map(([key, found]) => [key, componentOf(key, found, scopeOf(key))]),
  );
  const linkTo = (from, keys) => {
    for (const key of keys) from.dependencies.add(components.get(key).bomRef);
  };
  for (const [key, snapshot] of Object.entries(lock.snapshots)) {
    linkTo(components.get(packageOf(key)), dependenciesOf(lock, snapshot).map(packageOf));
  }
  const app = new Models.Component(Enums.ComponentType.Application, name, { version, bomRef: name });
  for (const importer of Object.values(lock.importers)) linkTo(app, dependenciesOf(lock, importer).map(packageOf));
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: app }),
    components: new Models.ComponentRepository(components.values()),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(key, { resolution }, scope) {
  const at = key.lastIndexOf("@");
  const [name, version] = [key.slice(0, at), key.slice(at + 1)];
  const slash = name.indexOf("/");
  const [group, base] = slash === -1 ? [undefined, name] : [name.slice(0, slash), name.slice(slash + 1)];
  const purl = new PackageURL("npm", group, base, version).toString();
  const [, digest] = /^sha512-(.+)$/.exec(resolution.integrity ?? "") ?? [];
  if (digest === undefined) throw new Error(`${key} has no hash: it is not from the registry`);
  const hash = [Enums.HashAlgorithm["SHA-512"], Buffer.from(digest, "base64").toString("hex")];
  return new Models.Component(Enums.ComponentType.Library, base, {
    ...(group ? { group } : {}),
    version,
    purl,
    bomRef: purl,
    scope: Enums.ComponentScope[scope],
    hashes: new Models.HashDictionary([hash]),
  });
}

/** The packages that these workspaces need, over any number of steps of these kinds. */
function reachedFrom(lock, workspaces, kinds) {
  const seen = new Set();
  const visit = (entry) => {
    for (const next of dependenciesOf(lock, entry, kinds)) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(lock.snapshots[next]);
    }
  };
  for (const workspace of withLinked(lock, workspaces)) visit(lock.importers[workspace]);
  return new Set([...seen].map(packageOf));
}

/** These workspaces, and those of ours that they are made of. */
function withLinked(lock, workspaces) {
  const all = new Set(workspaces);
  for (const workspace of all) {
    for (const { version } of Object.values(lock.importers[workspace].dependencies ?? {})) {
      if (version.startsWith("link:")) all.add(join(workspace, version.slice("link:".length)));
    }
  }
  return all;
}

const allKinds = ["dependencies", "optionalDependencies", "devDependencies"];

/** What a workspace or a package asks for itself, by their keys among the snapshots. A workspace of ours is none. */
function dependenciesOf({ snapshots }, entry, kinds = allKinds) {
  const named = kinds.flatMap((kind) => Object.entries(entry[kind] ?? {}));
  return named.flatMap(([name, found]) => {
    const version = typeof found === "string" ? found : found.version;
    if (version.startsWith("link:")) return [];
    // What goes by another name here is written with its own: "better-sqlite3@13.2.0".
    const key = [`${name}@${version}`, version].find((one) => one in snapshots);
    if (key === undefined) throw new Error(`${name} ${version} is not in the lockfile`);
    return [key];
  });
}

/** A snapshot is a package together with the peers it got: "next@16.4.6(react@19.3.1)". */
function packageOf(snapshot) {
  return snapshot.split("(", 1)[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = join(root, "sbom.cdx.json")] = process.argv;
  const read = (name) => readFileSync(join(root, name), "utf8");
  writeFileSync(file, sbomOf(read("pnpm-lock.yaml"), JSON.parse(read("package.json"))));
}

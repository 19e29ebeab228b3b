// One idea has one word (docs/glossary.md). This finds the words of before among the names that the code declares and among the
// names of files. Strings are not read: what leaves the process or is stored keeps its word.
// `node scripts/old-words.mjs` fails when there is one, `node scripts/old-words.mjs --counts` says how many there are of each.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { exceptions, oldWords } from "./old-words-list.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["apps", "packages", "e2e", "bench", "scripts"];

/** `HTTPServer_maxSize` and `http-server-max-size` are the same words: http, server, max, size. */
export function wordsOf(name) {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
}

/** Every name that a source declares, with its line. A use of a name is no second finding, and `"x".repeat(2)` is none of ours. */
export function declaredNames(path, source) {
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false, kind);
  const names = [];
  const visit = (node) => {
    const { name } = node;
    if (name && isDeclaration(node) && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) {
      names.push({ name: name.text, line: file.getLineAndCharacterOfPosition(name.getStart(file)).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** An import without an alias has the name that its source gave it; a shorthand property that of its variable. */
function isDeclaration(node) {
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return node.propertyName !== undefined;
  return !(ts.isPropertyAccessExpression(node) || ts.isShorthandPropertyAssignment(node) || ts.isJsxAttribute(node));
}

/** The names of a file and of its folders. They have no line. */
export function pathNames(path) {
  return path.split("/").map((part) => ({ name: part.replace(/\.[^/]*$/, ""), line: 0 }));
}

/** The old word in a name, if there is one. */
export function oldWordIn({ name, line }, path, words = oldWords) {
  const text = ` ${wordsOf(name).join(" ")} `;
  const matches = ({ old, as = "part" }) => {
    if (as === "part") return text.includes(` ${old} `);
    if (as === "path") return line === 0 && text === ` ${old} `;
    return as === "type" ? line > 0 && /^[A-Z]/.test(name) && text === ` ${old} ` : text === ` ${old} `;
  };
  return words.find((word) => (word.only === undefined || word.only.test(path)) && matches(word));
}

/** What is found in one file: every name with an old word in it for which there is no exception. */
export function findOldWords(path, source, words = oldWords, except = exceptions) {
  return [...pathNames(path), ...declaredNames(path, source)].flatMap(({ name, line }) => {
    const word = oldWordIn({ name, line }, path, words);
    if (word === undefined || except.some((one) => isException(one, name, path))) return [];
    return [{ path, line, name, old: word.old, now: word.now }];
  });
}

function isException({ name, only }, found, path) {
  return name.test(found) && (only === undefined || only.test(path));
}

/** How many names there are of each old word, the most frequent first. */
export function countsOf(findings) {
  const counts = new Map();
  for (const { old } of findings) counts.set(old, (counts.get(old) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

function sources() {
  const { stdout } = spawnSync("git", ["ls-files", "-co", "--exclude-standard", ...folders], {
    cwd: root,
    encoding: "utf8",
  });
  const own = /^scripts\/old-words/;
  return stdout.split("\n").filter((path) => /\.(?:[cm]?[jt]s|tsx)$/.test(path) && !own.test(path));
}

/** A file that git still lists may be gone: it is being moved. */
function read(path) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

function main(mode) {
  const findings = sources().flatMap((path) => {
    const source = read(path);
    return source === undefined ? [] : findOldWords(path, source);
  });
  const lines =
    mode === "--counts"
      ? countsOf(findings).map(([old, count]) => `${count} ${old}`)
      : findings.map(({ path, line, name, now }) => `${path}${line > 0 ? `:${line}` : ""}: ${name} (now: ${now})`);
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (mode === "--counts") process.stdout.write(`${findings.length} in all\n`);
  process.exit(findings.length === 0 || mode === "--counts" ? 0 : 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv[2]);

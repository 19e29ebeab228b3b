// Reads `.env`. Node's own `process.loadEnvFile` loses the first setting of a file with a byte order mark, all of them of one in
// UTF-16, what stands behind a `#`, and lines that it cannot read: each in silence.
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Sets what the file has and the environment has not. Returns what is wrong with it, if anything is; then nothing is set. */
export function loadEnvFile(file, environment = process.env) {
  if (!existsSync(file)) return undefined;
  const { text, problem } = decode(readFileSync(file));
  const wrong = problem ?? problemOf(text);
  if (wrong !== undefined) return `${file}: ${wrong}`;
  for (const [name, value] of Object.entries(parseEnv(text))) environment[name] ??= value;
  return undefined;
}

function decode(bytes) {
  if (bytes.includes(0)) return { problem: "this is not UTF-8. Save it as UTF-8" };
  try {
    // Leaves out a byte order mark.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text: text.replace(/\r\n?/g, "\n") };
  } catch {
    return { problem: "this is not UTF-8. Save it as UTF-8" };
  }
}

const setting = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=[^\S\n]*(.*)$/;

/** The first line that would not count as it stands there. */
function problemOf(text) {
  const seen = new Map();
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value] = setting.exec(line) ?? [];
    if (name === undefined) return `line ${at + 1} is no setting. Use NAME=value`;
    if (seen.has(name)) return `${name} stands in line ${seen.get(name)} and in line ${at + 1}. Leave one of them out`;
    seen.set(name, at + 1);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined) {
      if (/\S#/.test(value)) return `line ${at + 1} has a # in its value. Put the value in quotes`;
      continue;
    }
    const begun = at;
    for (let rest = value.slice(1); !rest.includes(quote); rest = lines[at]) {
      at += 1;
      if (at >= lines.length) return `line ${begun + 1} has a quote that is not closed`;
    }
  }
  return undefined;
}

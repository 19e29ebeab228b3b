// Writes `table.ts` beside it: which letters, marks and digits look like which (Unicode's confusables.txt, UTS 39). The table
// is read out of the ICU that is part of Node, so it takes no network. Run it with the newest Node that there is. Who changes the table has to have every skeleton made again: see decision 0015.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Begins the table in ICU's data (`SpoofDataHeader` in its uspoof_impl.h), behind a header that names its format. */
const magic = 0x38_45_fd_ef;
const formatName = "Cfu ";
const width = 118;

const file = fileURLToPath(new URL("table.ts", import.meta.url));
const lines = wrap(entries(findTable(readFileSync(process.execPath))));
const beginning = "export const confusables = `";
const [head] = readFileSync(file, "utf8").split(/\/\*\* Unicode [\d.]+/);
writeFileSync(file, `${head}/** Unicode ${process.versions.unicode}. */\n${beginning}\n${lines}\n\`;\n`);

function findTable(octets) {
  for (let at = octets.indexOf(formatName); at >= 0; at = octets.indexOf(formatName, at + 1)) {
    for (let start = at; start < at + 400; start += 4) {
      if (octets.readUInt32LE(start) === magic) return readTable(octets.subarray(start));
    }
  }
  throw new Error("This Node holds no table of confusables: it was built without full ICU");
}

/** Keys (a code point and the length of what it looks like), values (one UTF-16 unit, or where a text begins), texts. */
function readTable(octets) {
  const [keys, count, values, , texts] = [12, 16, 20, 24, 28].map((at) => octets.readInt32LE(at));
  return Array.from({ length: count }, (_, index) => {
    const key = octets.readUInt32LE(keys + 4 * index);
    const value = octets.readUInt16LE(values + 2 * index);
    const [from, to] = [texts + 2 * value, texts + 2 * (value + (key >>> 24) + 1)];
    const looks = key >>> 24 === 0 ? String.fromCharCode(value) : octets.toString("utf16le", from, to);
    return [String.fromCodePoint(key & 0xff_ff_ff), looks];
  });
}

/** What can stand in a name after NFKD, grouped by what it looks like. */
function entries(mappings) {
  const groups = new Map();
  for (const [sign, looks] of mappings) {
    if (sign.normalize("NFKD") !== sign || !/[\p{L}\p{M}\p{N}]/u.test(sign)) continue;
    groups.set(looks, [...(groups.get(looks) ?? []), hex(sign)]);
  }
  return [...groups].map(([looks, signs]) => `${[...looks].map(hex).join("+")}=${signs.join(",")}`);
}

function hex(sign) {
  return sign.codePointAt(0).toString(16);
}

function wrap(words) {
  const lines = [""];
  for (const word of words.flatMap((entry) => cut(entry))) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join("\n");
}

/** A long entry as several. */
function cut(entry) {
  const [looks, signs] = entry.split("=");
  const all = signs.split(",");
  return Array.from({ length: Math.ceil(all.length / 16) }, (_, part) =>
    [looks, all.slice(part * 16, part * 16 + 16).join(",")].join("="),
  );
}

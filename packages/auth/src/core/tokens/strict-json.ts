/** How deep objects and arrays may stand in each other: twice what a batch of our deepest input needs. */
const deepest = 16;

const opens = /[{[]/;

/**
 * Says what is wrong with the shape of a JSON text, before it is parsed: nested too deep, a name that stands twice in one object
 * (which reader would be right? RFC 8259 section 4), or a name that means the prototype. A text that is no JSON has no
 * shape, and is for the parser to refuse.
 */
export function findJsonError(text: string): string | undefined {
  const names: Array<Set<string> | undefined> = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (opens.test(sign)) {
      if (names.length === deepest) return "The JSON is nested too deep";
      names.push(sign === "{" ? new Set() : undefined);
    } else if (sign === "}" || sign === "]") names.pop();
    else if (sign === '"') {
      const end = endOfString(text, at);
      const error = nameError(text, { at, end, names: names.at(-1) });
      if (error) return error;
      at = end;
    }
  }
  return undefined;
}

/** Where the string that begins at `at` ends: at its closing quote, or with the text. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

const aColon = /\s*:/y;

function nameError(
  text: string,
  { at, end, names }: { at: number; end: number; names: Set<string> | undefined },
): string | undefined {
  aColon.lastIndex = end + 1;
  if (!names || !aColon.test(text)) return undefined;
  const name = unescaped(text.slice(at, end + 1));
  if (name === "__proto__") return "A name in the JSON is not allowed";
  if (names.has(name)) return "A name stands twice in the JSON";
  names.add(name);
  return undefined;
}

/** A name may be spelled with escapes, and is the same name then. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

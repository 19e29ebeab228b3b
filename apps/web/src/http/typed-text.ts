import type { IncomingMessage } from "node:http";
import type { TypedText } from "./problem.ts";

/** The inputs that are given back when a form cannot be taken. Neither passwords nor what stands in a form unseen. */
const labels: ReadonlyMap<string, string> = new Map([
  ["identifier", "Username or email"],
  ["username", "Username"],
  ["name", "Name"],
  ["email", "Email address"],
]);

/**
 * Keeps the body of a posted form while Next reads it. `HTTP_MAX_BODY_BYTES` bounds it.
 *
 * @returns reads what was typed out of it; nothing where it is no form, or a script sent it, which still has it
 */
export function keepTyped(incoming: IncomingMessage): () => Promise<TypedText[]> {
  const type = incoming.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data") || "next-action" in incoming.headers) return async () => [];
  const chunks: Buffer[] = [];
  const push = incoming.push.bind(incoming);
  incoming.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    return push(chunk, encoding);
  };
  return () => typedIn(type, Buffer.concat(chunks));
}

export async function typedIn(type: string, body: Buffer): Promise<TypedText[]> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    return [...labels].flatMap(([name, label]) => {
      const text = form.get(name);
      return typeof text === "string" && text.trim() !== "" ? [{ label, text }] : [];
    });
  } catch {
    return [];
  }
}

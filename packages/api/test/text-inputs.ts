import type { AnyRouter } from "@trpc/server";
import type { z } from "zod";

/** One place of a procedure's input that takes a text, and how a call with a text there looks. */
export interface TextInput {
  procedure: string;
  type: "query" | "mutation" | "subscription";
  /** The names that lead to it: "name", or "filter.name". */
  field: string;
  /** An input that is right everywhere else. */
  inputWith(text: string): unknown;
}

/** Every text input of every procedure, found in the router's own schemas, so that a new one is found too. */
export function textInputsOf(router: AnyRouter): TextInput[] {
  const procedures = Object.entries(router._def.procedures as unknown as Record<string, Procedure>);
  return procedures.flatMap(([procedure, { _def }]) =>
    _def.inputs.filter(isSchema).flatMap((schema) =>
      placesIn(schema, []).map((path) => ({
        procedure,
        type: _def.type,
        field: path.join("."),
        inputWith: (text: string) => withText(sampleOf(schema, ""), path, text),
      })),
    ),
  );
}

type Procedure = { _def: { type: TextInput["type"]; inputs: unknown[] } };
/** A schema of zod's, as its definition tells: see `def` in its documentation for authors of libraries. */
type Schema = {
  def: { type: string; format?: string; shape?: Record<string, Schema>; innerType?: Schema };
} & z.ZodType;

function isSchema(input: unknown): input is Schema {
  return typeof input === "object" && input !== null && "def" in input;
}

function placesIn({ def }: Schema, path: readonly string[]): Array<readonly string[]> {
  if (def.innerType) return placesIn(def.innerType, path);
  if (def.shape) return Object.entries(def.shape).flatMap(([name, field]) => placesIn(field, [...path, name]));
  if (def.type === "string" || def.type === "enum") return [path];
  if (["number", "boolean", "literal"].includes(def.type)) return [];
  throw new Error(`Say here where texts are in an input of type "${def.type}"`);
}

/** Something that the schema takes, with what may be left out left out. */
function sampleOf(schema: Schema, name: string): unknown {
  const { def } = schema;
  if (def.innerType) return def.shape ? undefined : sampleOf(def.innerType, name);
  if (def.shape) {
    const needed = Object.entries(def.shape).filter(([, field]) => !field.safeParse(undefined).success);
    return Object.fromEntries(needed.map(([field, inner]) => [field, sampleOf(inner, field)]));
  }
  if (def.format === "uuid") return "0198c0de-0000-7000-8000-000000000000";
  if (def.type === "enum") return (schema as unknown as z.ZodEnum).options[0];
  return samples[name] ?? "Ada Lovelace";
}

const samples: Record<string, unknown> = { email: "somebody@example.com", username: "somebody" };

function withText(sample: unknown, [name, ...rest]: readonly string[], text: string): unknown {
  if (name === undefined) return text;
  const object = (sample ?? {}) as Record<string, unknown>;
  return { ...object, [name]: withText(object[name], rest, text) };
}

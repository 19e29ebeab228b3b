import fc from "fast-check";
import { expect, it } from "vitest";
import { findJsonError } from "./strict-json.ts";

it.each([
  ["a field twice", '{"a":1,"a":2}', "twice"],
  ["a field twice, once in escapes", '{"a":1,"\\u0061":2}', "twice"],
  ["a field twice, deep inside", '[{"b":{"a":1, "x":[1], "a" :2}}]', "twice"],
  ["a prototype", '{"__proto__":{"role":"admin"}}', "not allowed"],
  ["a prototype in escapes", '{"\\u005f_proto__":1}', "not allowed"],
  ["17 arrays", "[".repeat(17) + "]".repeat(17), "too deep"],
  ["17 objects that never end", '{"a":'.repeat(17), "too deep"],
])("findJsonError() finds %s", (_, text, error) => expect(findJsonError(text)).toContain(error));

it.each([
  ["the same name in two objects", '[{"a":1},{"a":{"a":2}}]'],
  ["the same text as a name and as values", '{"a":"a","b":["a","a"]}'],
  ["brackets and colons in strings", `{"a":"${"[{".repeat(50)}","b":"\\":","c":":"}`],
  ["16 arrays", "[".repeat(16) + "]".repeat(16)],
  ["a name like a method's", '{"constructor":1,"toString":2}'],
  ["a string that does not end", '{"a'],
  ["more ends than beginnings", "]]]]}}"],
  ["nothing", ""],
])("findJsonError() leaves alone %s", (_, text) => expect(findJsonError(text)).toBeUndefined());

it("findJsonError() finds nothing in whatever JSON.stringify writes, up to its depth", () => {
  const plain = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes("__proto__"));
  fc.assert(fc.property(plain, (value) => findJsonError(JSON.stringify(value, null, 1)) === undefined));
});

it("findJsonError() leaves escapes that are none to the parser, and takes no two of them for one name", () => {
  expect(findJsonError('{"\\q":1,"\\w":2}')).toBeUndefined();
  expect(findJsonError('{"\\q":1,"\\q":2}')).toBe("A name stands twice in the JSON");
});

it("findJsonError() counts what stands beside each other neither as deeper nor as the same object", () => {
  const beside = [Array.from({ length: 40 }, () => ({ a: 1 })), Array.from({ length: 40 }, () => [1])];
  for (const value of beside) expect(findJsonError(JSON.stringify(value))).toBeUndefined();
  expect(findJsonError('{"a":{"b":1},"b":{"a":[{"b":2},{"b":3}]}}')).toBeUndefined();
  expect(findJsonError('{"a":{"b":1},"b":[],"a":2}')).toBe("A name stands twice in the JSON");
});

it("findJsonError() knows where a text ends, whatever stands in it", () => {
  expect(findJsonError(JSON.stringify({ a: `"${"[".repeat(20)}`, b: '\\"{"a":1,"a":2}' }))).toBeUndefined();
  expect(findJsonError('{"a\\"":1,"a\\"":2}')).toBe("A name stands twice in the JSON");
});

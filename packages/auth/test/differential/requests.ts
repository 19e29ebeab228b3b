import fc from "fast-check";
import { testIssuer } from "../../src/testing/test-auth.ts";
import { endingNames } from "./routers.ts";

/** A request as bytes go over the wire: no client in between repairs it. */
export interface RawRequest {
  method: string;
  target: string;
  /** Names and values in turn. */
  headers: string[];
  body: string | undefined;
}

export const endpoint = "/api/trpc";

const common = <T>(...values: T[]) => fc.constantFrom(...values);

const queries = ["q.ok", "q.echo", "q.text", "q.cookie", "q.code", ...endingNames.map((name) => `q.${name}`)];
const mutations = ["m.ok", "m.echo", "m.text", "m.cookie", ...endingNames.map((name) => `m.${name}`)];
const strange = [
  "s",
  "name-with.dots_and-more",
  "overridden",
  "nothing",
  "q",
  "constructor",
  "__proto__",
  "q.toString",
  "Q.OK",
  "",
  "q%2Eok",
  "q.ok%2Cq.ok",
  "q.ok%",
  "q.ok%ff",
  "q.ok/",
  "/q.ok",
  "q.ok;x",
  "q\\ok",
  "..%2Fq.ok",
];

const json = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue() },
  { weight: 3, arbitrary: fc.record({ text: fc.string({ maxLength: 8 }), times: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ tagged: fc.jsonValue() }) },
);

/** JSON that one reader takes in one way, and another in another. */
export const twoReadings = ['{"__proto__":1}', '{"a":1,"a":2}', `${"[".repeat(17)}${"]".repeat(17)}`] as const;

/** The text of an input: whole, and broken in the ways that happen. */
const inputText = fc.oneof(
  { weight: 8, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: json.map((value) => JSON.stringify(value).slice(0, -1)) },
  { weight: 1, arbitrary: common(...twoReadings) },
  { weight: 1, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: common("", "{", "undefined", "null", "[]", '"x"', "1 2", "\ufeff{}", " {} ", "{}x") },
);

const batchInput = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(common("0", "1", "2", "3", "9", "x"), json).map((all) => JSON.stringify(all)) },
  { weight: 1, arbitrary: inputText },
);

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
const plus = (text: string) => encoded(text).replaceAll("%20", "+");

const paths = (names: string[]) =>
  fc.oneof(
    { weight: 6, arbitrary: common(...names).map((name) => [name]) },
    { weight: 3, arbitrary: fc.array(common(...names), { minLength: 1, maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.array(common(...names, ...strange, ...queries, ...mutations), { minLength: 1, maxLength: 4 }),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 19, max: 22 }).map((count) => Array.from({ length: count }, () => names[0] ?? "")),
    },
  );

/** Parameters as tRPC's clients write them, most of the time. */
function query(isBatch: boolean, input: string | undefined): fc.Arbitrary<string> {
  const usual = [...(isBatch ? ["batch=1"] : []), ...(input === undefined ? [] : [`input=${encoded(input)}`])];
  const unusual = [
    [...usual].reverse(),
    [...usual, "x=1"],
    ["x=1", ...usual],
    [...usual, "batch=0"],
    [...usual, "batch=1"],
    ["batch=true", ...usual],
    [...usual, `input=${encoded("1")}`],
    [...usual, "input"],
    [...usual, ""],
    input === undefined ? ["input="] : [...(isBatch ? ["batch=1"] : []), `input=${plus(input)}`],
    [...(isBatch ? ["batch=1"] : []), "input=%"],
    [...(isBatch ? ["batch=1"] : []), "input=%22%ff%22"],
    [...(isBatch ? ["batch=1"] : []), 'input={"text":"a"}'],
  ];
  return fc
    .oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: common(...unusual) })
    .map((parts) => (parts.length === 0 ? "" : `?${parts.join("&")}`));
}

const spelled = (name: string) =>
  common(
    name,
    name.toUpperCase(),
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
  );

const header = (name: string, ...values: string[]) =>
  fc.tuple(spelled(name), common(...values)).map(([spelling, value]) => [spelling, value]);

const someHeaders = fc
  .array(
    fc.oneof(
      header(
        "accept",
        "*/*",
        "application/json",
        "application/jsonl",
        "text/event-stream",
        "Application/JSONL",
        "x, application/jsonl",
      ),
      header("trpc-accept", "application/jsonl", "application/json", "x"),
      header("user-agent", "curl/8", "Mozilla/5.0"),
      header("sec-fetch-site", "same-origin", "none"),
      header("origin", testIssuer),
      header("cookie", "a=1", "a=1; b=2", ""),
      header("authorization", "Bearer x", "Basic eDp5"),
      header("last-event-id", "5"),
      header("x-trpc-source", "web", "\u00e4"),
      header("x-http-method-override", "POST"),
      header(
        "content-type",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
      ),
      header("if-none-match", "*"),
      header("constructor", "x"),
    ),
    { maxLength: 4 },
  )
  .map((all) => all.flat());

const contentType = common(
  "application/json",
  "application/json",
  "Application/JSON",
  "application/json; charset=utf-8",
);

const get = fc
  .tuple(paths(queries), fc.boolean(), fc.option(inputText, { nil: undefined }), batchInput, someHeaders)
  .chain(([names, isBatch, one, many, headers]) => {
    const batch = isBatch || names.length > 1;
    const input = batch && one !== undefined ? many : one;
    return query(batch, input).map((search): RawRequest => {
      return { method: "GET", target: `${endpoint}/${names.join(",")}${search}`, headers, body: undefined };
    });
  });

const post = fc
  .tuple(paths(mutations), fc.boolean(), inputText, batchInput, someHeaders, contentType)
  .chain(([names, isBatch, one, many, headers, type]) => {
    const batch = isBatch || names.length > 1;
    const others = headers.filter((_, at) => headers[at - (at % 2)]?.toLowerCase() !== "content-type");
    return query(batch, undefined).map(
      (search): RawRequest => ({
        method: "POST",
        target: `${endpoint}/${names.join(",")}${search}`,
        headers: [...others, "Content-Type", type],
        body: batch ? many : one,
      }),
    );
  });

const otherMethod = fc
  .tuple(common("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST"), get)
  .map(([method, request]): RawRequest => ({ ...request, method }));

/** What clients send, and what else comes in. */
export const anyRequest: fc.Arbitrary<RawRequest> = fc.oneof(
  { weight: 10, arbitrary: get },
  { weight: 8, arbitrary: post },
  { weight: 1, arbitrary: otherMethod },
);

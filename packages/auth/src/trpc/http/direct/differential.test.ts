import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Host, ownHost, type Received, trpcHost } from "../../../../test/differential/hosts.ts";
import { anyRequest, type RawRequest, twoReadings } from "../../../../test/differential/requests.ts";
import { routers } from "../../../../test/differential/routers.ts";

/** Where ours differs from tRPC's on purpose: when, and what ours answers. Everything else is equal, to the byte. */
const differences: ReadonlyArray<{ name: string; when: (request: RawRequest) => boolean; status?: number }> = [
  {
    name: "rejects what says twice where it comes from, which no browser does",
    when: ({ headers }) => ["origin", "sec-fetch-site"].some((name) => countOf(headers, name) > 1),
    status: 403,
  },
  {
    name: "rejects every method but GET and POST: tRPC says 204 to HEAD, and 415 to some of the others",
    when: ({ method }) => method !== "GET" && method !== "POST",
    status: 405,
  },
  {
    name: "takes JSON and streams of bytes alone: a form of another site can send the rest without asking",
    when: ({ method, headers }) => method === "POST" && !/^application\/(json|octet-stream)/i.test(typeOf(headers)),
    status: 415,
  },
  {
    name: "rejects a path that cannot be decoded before any call: tRPC answers for a call without a name",
    when: ({ target }) => isBroken(target.split("?", 1)[0] ?? ""),
    status: 400,
  },
  {
    name: "rejects JSON that two readers could read in two ways",
    when: ({ method, body }) => method === "POST" && body !== undefined && hasTwoReadings(body),
    status: 400,
  },
  {
    name: "takes an empty body for no input: tRPC says that it is no JSON to the calls that read one",
    when: ({ method, body }) => method === "POST" && body === "",
  },
];

/** What ours adds to what tRPC says. */
const ours = { "cache-control": "no-store", "x-content-type-options": "nosniff", vary: "cookie, authorization" };

describe.each(routers)("the direct path, our fetch handler and tRPC's own adapter, over a router %s,", (_, router) => {
  const direct = ownHost(router, "direct");
  const fetched = ownHost(router, "fetch");
  const trpc = trpcHost(router);

  it("give the same status, headers and bytes to 1,500 generated requests", async () => {
    let directly = 0;
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        const before = direct.direct;
        seen.add(await compare({ direct, fetched, trpc }, request));
        directly += direct.direct - before;
      }),
      { numRuns: 1_500 },
    );
    expect(directly).toBeGreaterThan(600);
    expect([...seen].sort()).toEqual([...differences.map(({ name }) => name), "none"].sort());
  }, 120_000);
});

/** @returns the name of the difference that the request is a case of */
async function compare(hosts: { direct: Host; fetched: Host; trpc: Host }, request: RawRequest): Promise<string> {
  const [byDirect, byFetch, byTrpc] = await Promise.all([
    hosts.direct.ask(request),
    hosts.fetched.ask(request),
    hosts.trpc.ask(request),
  ]);
  expect(unordered(byDirect)).toEqual(unordered(byFetch));
  const difference = differences.find(({ when }) => when(request));
  if (difference) {
    const { name, status = byDirect.status } = difference;
    expect([name, byDirect.status]).toEqual([name, status]);
  } else expect(unordered(withEachCookieOnce(withoutOurs(byDirect)))).toEqual(unordered(withEachCookieOnce(byTrpc)));
  return difference?.name ?? "none";
}

/** The lines of a streamed batch come, and are numbered, as their calls are done. */
function unordered(answer: Received): Received {
  if (!answer.body.includes("\n")) return answer;
  return { ...answer, body: answer.body.replace(/\d+/g, "0").split("\n").sort().join("\n") };
}

/** An answer without the headers that ours adds to each, after they were seen to be there. */
function withoutOurs({ status, headers, body }: Received): Received {
  if (body === "crashed") return { status, headers, body };
  const { "www-authenticate": _, "retry-after": __, ...kept } = headers;
  for (const [name, added] of Object.entries(ours)) {
    const [value = ""] = kept[name] ?? [];
    expect([name, value]).toEqual([name, expect.stringMatching(new RegExp(`(?:^|, )${added}$`))]);
    delete kept[name];
    if (value !== added) kept[name] = [value.slice(0, -`, ${added}`.length)];
  }
  return { status, headers: kept, body };
}

/** Where an output cannot be written, tRPC adds what it has for headers a second time. */
function withEachCookieOnce({ headers, ...answer }: Received): Received {
  const { "set-cookie": cookies, ...rest } = headers;
  return { ...answer, headers: cookies ? { ...rest, "set-cookie": [...new Set(cookies)] } : rest };
}

function countOf(headers: readonly string[], name: string): number {
  return headers.filter((header, at) => at % 2 === 0 && header.toLowerCase() === name).length;
}

function typeOf(headers: readonly string[]): string {
  return headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === "content-type") ?? "";
}

function isBroken(path: string): boolean {
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}

function hasTwoReadings(body: string): boolean {
  return body.includes('"__proto__":') || twoReadings.some((text) => text === body);
}

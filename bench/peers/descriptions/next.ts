import { heapOptions } from "../../heap-options.ts";
import type { Description } from "./description.ts";
import { contestantsFolder } from "./peers.ts";

const page = { method: "GET", path: "/", expect: () => "<h1>Hello</h1>" } as const;

/** An empty page that Next makes at each request. Built by scripts/prepare-peers.mjs. */
function bareNext(variant: string, about: string): Description {
  return {
    name: `next-${variant}`,
    about,
    program: [...heapOptions, "next-server.mjs", `dist/next-${variant}`],
    cwd: contestantsFolder,
    env: () => ({ NEXT_TELEMETRY_DISABLED: "1" }),
    readyPath: "/",
    workloads: ["pages"],
    calls: { me: page, pages: { "/": page } },
  };
}

export const nextEmpty = bareNext("empty", "Next alone, with an empty page that is made at each request");
export const nextProxy = bareNext("proxy", "the same with a `proxy.ts` that does nothing");
export const nextNonce = bareNext("nonce", "the same with a `proxy.ts` that gives each page a policy with a nonce");

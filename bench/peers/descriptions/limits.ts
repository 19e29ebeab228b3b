import { batchPath, type Description } from "./description.ts";
import { contestantsFolder } from "./peers.ts";

const expect = () => "user7@example.test";
const me = { method: "GET", path: "/trpc/me", expect } as const;

export const nodeHttp: Description = {
  name: "node-http",
  about: "node:http with a constant answer, no login",
  program: ["limits.mjs", "http"],
  cwd: contestantsFolder,
  readyPath: "/trpc/me",
  workloads: ["me"],
  calls: { me },
};

export const trpcStandalone: Description = {
  name: "trpc",
  about: "tRPC's standalone adapter with an open procedure, no login",
  program: ["limits.mjs", "trpc"],
  cwd: contestantsFolder,
  readyPath: "/trpc/health",
  workloads: ["me", "batch", "growth"],
  calls: { me, batch: { ...me, path: batchPath("/trpc", "me"), times: 5 } },
};

// The limits: the answer of `me` without any login, from node:http alone and from tRPC's standalone adapter.
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { listen } from "./shared.mjs";

const user = { id: "0a6ce2f6-6a36-4d8f-9d5c-3f2a4c1b7e10", username: "user7", email: "user7@example.test" };

function constantAnswer() {
  const body = JSON.stringify({ result: { data: user } });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return (_request, response) => response.writeHead(200, headers).end(body);
}

function openProcedure() {
  const { router, procedure } = initTRPC.create();
  return createHTTPHandler({
    basePath: "/trpc/",
    router: router({ health: procedure.query(() => "ok"), me: procedure.query(() => user) }),
  });
}

listen(process.argv[2] === "trpc" ? openProcedure() : constantAnswer());

// Next alone, inside a `node:http` server, as `apps/web/serve.mjs` has it: `node next-server.mjs <folder of the build>`.
import { createServer } from "node:http";
import next from "next";

const [dir] = process.argv.slice(2);
const port = Number(process.env.PORT);
const app = next({ dir, port, hostname: "127.0.0.1", httpServer: createServer() });
await app.prepare();
const handle = app.getRequestHandler();
createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => void handle(incoming, outgoing)).listen(
  port,
  "127.0.0.1",
);
process.on("SIGTERM", () => process.exit(0));

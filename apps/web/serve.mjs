// The process of `npm start`: one HTTP server of our own, with Next inside it (docs/decisions/0014). Everything but these lines is
// in Next's build: Next runs `instrumentation.ts` when it prepares itself, and that hands over what serves.
//
//   node serve.mjs [port] [address to listen on]
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { listenOn } from "./listen-address.mjs";

process.env.NODE_ENV = "production"; // before Next is loaded, which chooses its parts by it
const { port, problem } = listenOn({ ...process.env, ...(process.argv[2] ? { PORT: process.argv[2] } : {}) });
const hostname = process.argv[3];
if (problem) fail(problem);
if (!existsSync(".next/BUILD_ID")) fail("There is no build. Run npm run build");
process.env.PORT = String(port);
const { default: next } = await import("next");

const started = new Promise((resolve) => {
  globalThis.watchwordHost = { started: resolve };
});
const app = next({
  dir: process.cwd(),
  port,
  hostname,
  // Next takes over what wants to be upgraded at the server it is given. There is nothing to upgrade here.
  httpServer: createServer(),
});
try {
  await app.prepare();
} catch (error) {
  fail(`The build cannot be loaded (${error.code ?? error.name}). Run npm run build`);
}
const serve = await started;
await serve({
  pages: app.getRequestHandler(),
  closePages: () => app.close(),
  port,
  ...(hostname ? { hostname } : {}),
});

function fail(sentence) {
  process.stderr.write(`Watchword does not start. ${sentence}\n`);
  process.exit(1);
}

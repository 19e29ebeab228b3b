// The process of `npm start`: one HTTP server of our own, with Next inside it (docs/decisions/0014). Everything but these lines is
// in Next's build: Next runs `instrumentation.ts` when it prepares itself, and that hands over what serves.
//
//   node serve.mjs <port> [address to listen on]
import { createServer } from "node:http";

process.env.NODE_ENV = "production"; // before Next is loaded, which chooses its parts by it
const { default: next } = await import("next");

const [port = "3000", hostname] = process.argv.slice(2);
const started = new Promise((resolve, reject) => {
  globalThis.watchwordHost = { started: resolve, failed: reject };
});
const app = next({
  dir: process.cwd(),
  port: Number(port),
  hostname,
  // Next takes over what wants to be upgraded at the server it is given. There is nothing to upgrade here.
  httpServer: createServer(),
});
await app.prepare();
const serve = await started;
try {
  await serve({
    pages: app.getRequestHandler(),
    closePages: () => app.close(),
    port: Number(port),
    ...(hostname ? { hostname } : {}),
  });
} catch (error) {
  if (error.code !== "EADDRINUSE") throw error;
  process.stderr.write(`Watchword does not start: port ${port} is in use\n`);
  process.exit(1);
}

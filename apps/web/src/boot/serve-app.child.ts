import type { IncomingMessage, ServerResponse } from "node:http";
import { serveApp } from "../http/serve-app.ts";
import { getServer } from "../server/server.ts";
import { startServer } from "./create-server.ts";

/** The whole app but for Next, in a process of its own: in its place a page that goes wrong in the ways that it is asked for. */
async function page({ url }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (url === "/throws-later") setImmediate(() => throwIt());
  if (url === "/rejects-unseen") void Promise.reject(new Error("nobody caught this"));
  if (url === "/slow") await new Promise((resolve) => setTimeout(resolve, 600));
  if (url === "/never") await new Promise(() => {});
  outgoing.end(`page for ${getServer().source.getStore()?.clientAddress}`);
}

function throwIt(): never {
  throw new Error("nobody caught this");
}

const port = await serveApp(startServer(), {
  pages: page,
  closePages: async () => {},
  port: 0,
  hostname: "127.0.0.1",
});
process.send?.({ port });

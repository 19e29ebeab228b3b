import { createRequire, syncBuiltinESMExports } from "node:module";
import { createTRPCClient, httpLink } from "@trpc/client";
import { createBodySession, reasonOf, refreshLink } from "../client/index.ts";
import type { TestRouter } from "../testing/test-app.ts";
import { createFileTokenStore } from "./token-file.ts";

/** Where a program that refreshes its tokens is killed: around the rename that makes the new tokens valid. */
export type Moment = "the answer" | "the renaming" | "the renaming's end";

/** What the test asks of this process, `node program.child.mjs <file> <url>`: a call that needs a login. */
export interface Order {
  dieAt?: Moment;
}

export type Outcome = { username: string } | { failed: string };

let dieAt: Moment | undefined;
dieAroundRenaming();

const [path = "", url = ""] = process.argv.slice(2);
const routerUrl = `${url}/api/trpc`;
const store = createFileTokenStore({ path, url });
const session = createBodySession({ url: routerUrl, store, fetch: fetchOrDie });
const client = createTRPCClient<TestRouter>({
  links: [refreshLink({ session }), httpLink({ url: routerUrl, headers: session.headers })],
});

process.on("message", (order: Order) => {
  dieAt = order.dieAt;
  client.app.mine.query().then(
    (username) => answer({ username }),
    (error) => answer({ failed: reasonOf(error) ?? String(error) }),
  );
});
process.once("disconnect", () => process.exit());
answer({ username: "ready" });

function answer(outcome: Outcome): void {
  process.send?.(outcome);
}

async function fetchOrDie(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (dieAt === "the answer" && response.ok) await die();
  return response;
}

/** Replaces the system call for every module that has imported it: the store under test is the one that ships. */
function dieAroundRenaming(): void {
  const files: typeof import("node:fs/promises") = createRequire(import.meta.url)("node:fs/promises");
  const { rename } = files;
  files.rename = async (from, to) => {
    const isTokens = String(from).includes(".arriving-");
    if (dieAt === "the renaming" && isTokens) await die();
    await rename(from, to);
    if (dieAt === "the renaming's end" && isTokens) await die();
  };
  syncBuiltinESMExports();
}

/** Never resolves. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

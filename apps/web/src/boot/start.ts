import { readEnv } from "../env/env.ts";
import { serveApp } from "../http/serve-app.ts";
import { flushLog } from "../server/log.ts";
import type { Server } from "../server/server.ts";
import { endInTime } from "../server/shutdown.ts";
import { startServer } from "./create-server.ts";
import { demoAccount } from "./demo-account.ts";
import { isDemoWelcome } from "./demo-welcome.ts";
import { hostOfNext } from "./host.ts";
import { prepareFolder, startFailure, waitForDatabase } from "./start-failure.ts";

/** Opens the database, migrates it, and says where to go. Ends the process with a sentence and the code 1 when that fails. */
export async function start(): Promise<void> {
  const host = hostOfNext();
  try {
    const env = readEnv();
    prepareFolder(env.uploadFolder);
    await waitForDatabase(env);
    const server = startServer();
    if (!host) {
      endInTime(async () => server.files.uploads?.abandon());
      await welcome(server);
    }
    host?.started(async (hosting) => {
      try {
        await serveApp(server, { ...hosting, hostname: hosting.hostname ?? server.env.listenAddress });
        await welcome(server);
      } catch (error) {
        endWith(error);
      }
    });
  } catch (error) {
    endWith(error);
  }
}

/**
 * Says where to go, below all that the log says of the start. A demo account takes a while to make: under `npm start`, others are
 * served meanwhile.
 */
async function welcome(server: Server): Promise<void> {
  const greeting = greetingOf(server, isDemoWelcome(server.env) ? await demoAccount() : undefined);
  flushLog();
  process.stdout.write(greeting);
}

/** A supervisor starts again what ended with a code other than 0. */
function endWith(error: unknown): never {
  process.stderr.write(`Watchword does not start. ${startFailure(error)}\n`);
  process.exit(1);
}

function greetingOf({ env }: Server, demo: Awaited<ReturnType<typeof demoAccount>>): string {
  const lines = [`  Watchword is up. Open ${env.appUrl}`];
  if (demo)
    lines.push(`  Demo account: ${demo.username}   Password: ${demo.password ?? "as it was changed in the app"}`);
  return `\n${lines.join("\n")}\n\n`;
}

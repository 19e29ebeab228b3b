import { ConfigError } from "@watchword/auth/core";
import { serveApp } from "../http/serve-app.ts";
import { demoAccount, isDemoWelcome } from "./demo-account.ts";
import { hostOfNext } from "./host.ts";
import { getServer, type Server } from "./server.ts";
import { endInTime } from "./shutdown.ts";

/** Opens the database, migrates it, and says where to go. Ends the process when a setting cannot be right. */
export async function start(): Promise<void> {
  const host = hostOfNext();
  try {
    const server = getServer();
    const demo = isDemoWelcome(server.env) ? await demoAccount() : undefined;
    const greeting = greetingOf(server, demo);
    if (!host) {
      endInTime(async () => server.files.uploads?.abandon());
      process.stdout.write(greeting);
    }
    host?.started(async (hosting) => {
      await serveApp(server, hosting);
      process.stdout.write(greeting);
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      host?.failed(error);
      throw error;
    }
    process.stderr.write(`Watchword does not start: a setting is not right\n${error.message}\n`);
    process.exit(1);
  }
}

function greetingOf({ env }: Server, demo: Awaited<ReturnType<typeof demoAccount>>): string {
  const lines = [`  Watchword is up. Open ${env.appUrl}`];
  if (demo) lines.push(`  Demo account: ${demo.username}   Password: ${demo.password}`);
  return `\n${lines.join("\n")}\n\n`;
}

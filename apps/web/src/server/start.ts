import { ConfigError } from "@watchword/auth/core";
import { demoAccount } from "./demo-account.ts";
import { getServer } from "./server.ts";
import { endInTime } from "./shutdown.ts";

/** Opens the database, migrates it, and says where to go. Ends the process when a setting cannot be right. */
export async function start(): Promise<void> {
  endInTime();
  try {
    const { env } = getServer();
    const demo = env.local ? await demoAccount() : undefined;
    const lines = [`  Watchword is up. Open ${env.appUrl}`];
    if (demo) lines.push(`  Demo account: ${demo.username}   Password: ${demo.password}`);
    process.stdout.write(`\n${lines.join("\n")}\n\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Watchword does not start: a setting is not right\n${error.message}\n`);
    process.exit(1);
  }
}

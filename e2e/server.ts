import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const secret = "k7Qw2-for-the-browser-tests-only-9fXcVb3Lm";
const maxFileBytes = 2_000_000;

export type E2eServer = ReturnType<typeof describeServer>;

/** The app under test, as it is shipped. */
export const e2eServer = describeServer("server", 3457);

/** The same build with `proxy.ts` taken out. */
export const serverWithoutProxy = describeServer("server-without-proxy", 3458);

/** The app as `npm run dev` starts it, with the devtools in it. */
export const watchedServer = describeServer("server-watched", 3459);

/**
 * An app on a port, a database and a secret of its own. The journeys know the secret, so that a fixture can make what a
 * journey begins with: a session whose access token ran out a while ago, say.
 */
export function describeServer(name: string, port: number) {
  const folder = join(root, "test-results", name);
  const url = `http://localhost:${port}`;
  const databaseFile = join(folder, "watchword.db");
  return {
    url,
    databaseFile,
    secret,
    maxFileBytes,
    env: {
      PORT: String(port),
      APP_URL: url,
      DATABASE_URL: `file:${databaseFile}`,
      AUTH_SECRET: secret,
      BCRYPT_COST: "6",
      UPLOAD_DIR: join(folder, "uploads"),
      UPLOAD_MAX_BYTES: String(maxFileBytes),
      UPLOAD_QUOTA_BYTES: String(3_000_000),
      NEXT_TELEMETRY_DISABLED: "1",
      // All journeys come from one address, and would be counted together.
      LIMIT_LOGIN_PER_ACCOUNT_AND_ADDRESS: "900000/60",
      LIMIT_LOGIN_PER_ADDRESS: "900000/60",
      LIMIT_REGISTRATION_PER_ADDRESS: "900000/60",
      LIMIT_MAIL_PER_ADDRESS: "900000/60",
    },
  };
}

/** The built app with another setting or two. */
export const byMailServer = withSettings(describeServer("server-by-mail", 3465), { REGISTRATION: "by_mail" });

function withSettings(server: E2eServer, settings: Record<string, string>): E2eServer {
  return { ...server, env: { ...server.env, ...settings } };
}

/** How one more server of the built app is started: as `npm start` does, or as a host that only runs Next. */
export function startBuiltApp({ port, env, hostedBy = "us" }: StartOptions): ChildProcess {
  const web = join(root, "apps", "web");
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  const args =
    hostedBy === "us"
      ? [join(web, "serve.mjs"), String(port), "127.0.0.1"]
      : [next, "start", "--port", String(port), "--hostname", "127.0.0.1"];
  return spawn(process.execPath, args, { cwd: web, stdio: "ignore", env: { ...process.env, ...env } });
}

interface StartOptions {
  port: number;
  env: E2eServer["env"];
  hostedBy?: "us" | "next";
}

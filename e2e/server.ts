import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "test-results", "server");
const port = "3457";
const url = `http://localhost:${port}`;
const secret = "k7Qw2-for-the-browser-tests-only-9fXcVb3Lm";
const databaseFile = join(folder, "watchword.db");
const maxFileBytes = 2 * 1024 * 1024;

/**
 * The app under test: the built one, on a port, a database and a secret of its own. The journeys know the secret, so that
 * a fixture can make what a journey begins with: a session whose access token ran out a while ago, say.
 */
export const e2eServer = {
  url,
  databaseFile,
  secret,
  maxFileBytes,
  env: {
    PORT: port,
    APP_URL: url,
    DATABASE_URL: `file:${databaseFile}`,
    AUTH_SECRET: secret,
    BCRYPT_COST: "6",
    UPLOAD_DIR: join(folder, "uploads"),
    UPLOAD_MAX_BYTES: String(maxFileBytes),
    UPLOAD_QUOTA_BYTES: String(3 * 1024 * 1024),
    NEXT_TELEMETRY_DISABLED: "1",
  },
};

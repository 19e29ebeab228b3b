import { localSecret } from "./local-secret.ts";

/** One of several apps that start at once: `node local-secret.child.mjs <folder>` prints the secret that it got. */
const [folder = ""] = process.argv.slice(2);
process.stdout.write(localSecret(folder));

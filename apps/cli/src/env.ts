import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** What the command takes from its environment. The only file that reads `process.env`. */
export interface Env {
  /** `WATCHWORD_URL`: where the app is, unless `--url` says otherwise. */
  url: string;
  /** `WATCHWORD_TOKEN_FILE`: where the logins are kept. Undefined where there is no home folder that it could lie in. */
  tokenFile: string | undefined;
  /** `WATCHWORD_ALLOW_HTTP=1`: passwords and tokens may travel unencrypted to other machines. */
  allowHttp: boolean;
  /** False with `NO_COLOR` (no-color.org) and on a terminal that knows no colours. */
  color: boolean;
}

export const defaultUrl = "http://localhost:3000";

/** Reads the environment. A variable that is empty counts as not set. */
export function readEnv(environment: Record<string, string | undefined> = process.env, home = homeFolder()): Env {
  return {
    url: environment.WATCHWORD_URL || defaultUrl,
    tokenFile: environment.WATCHWORD_TOKEN_FILE || defaultTokenFile(environment, home),
    allowHttp: environment.WATCHWORD_ALLOW_HTTP === "1",
    color: !environment.NO_COLOR && environment.TERM !== "dumb",
  };
}

/** By the XDG Base Directory Specification, which wants a relative path ignored; a relative home is no home either. */
function defaultTokenFile({ XDG_CONFIG_HOME: given }: Record<string, string | undefined>, home: string | undefined) {
  const below = (folder: string) => join(folder, "watchword", "tokens.json");
  if (given && isAbsolute(given)) return below(given);
  return home !== undefined && isAbsolute(home) ? below(join(home, ".config")) : undefined;
}

/** Without `HOME` the system is asked, which knows no home of a user that it does not know. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

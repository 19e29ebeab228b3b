import { createHash } from "node:crypto";

export interface LeakedPasswordsOptions {
  /** Where the ranges are, without the prefix: `https://api.pwnedpasswords.com/range`, or a copy of one's own. */
  url: string;
  /** After that the answer counts as no: a user who chooses a password must not wait for another server. */
  timeoutMs?: number;
  onError: (error: unknown) => void;
}

/**
 * Asks a range service whether a password was in a leak (ASVS 6.2.12). The service gets the first five of the forty digits
 * of the password's SHA-1, which some thousand others share, and is asked to pad its answer; nothing else leaves the
 * server. SHA-1 is what the services are keyed by, and keeps no secret here.
 *
 * Fails open: a service that is slow, broken or gone rejects no password, and is reported to `onError`.
 */
export function createLeakedPasswords({ url, timeoutMs = 1_500, onError }: LeakedPasswordsOptions) {
  return async (password: string): Promise<boolean> => {
    const digits = createHash("sha1").update(password, "utf8").digest("hex").toUpperCase();
    try {
      const response = await fetch(`${url}/${digits.slice(0, 5)}`, {
        headers: { "add-padding": "true", "user-agent": "watchword" },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`The range service answered ${response.status}`);
      return countOf(digits.slice(5), await response.text()) > 0;
    } catch (error) {
      onError(error);
      return false;
    }
  };
}

/** How often it was seen; the lines that only pad the answer say 0. */
function countOf(rest: string, range: string): number {
  const line = range.split("\n").find((one) => one.slice(0, rest.length).toUpperCase() === rest);
  return Number(line?.slice(rest.length + 1)) || 0;
}

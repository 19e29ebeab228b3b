import type { Reply } from "../../test-app.ts";
import { type Call, type Holder, type Presented, tokensIn } from "./holder.ts";

interface Cookie {
  value: string;
  /** When the browser drops it, in milliseconds of the true time. */
  until: number;
}

/**
 * A browser: one jar of cookies for all its tabs. It takes every `Set-Cookie` in the order in which the answers come, as
 * browsers do, and no script of its own keeps a late one out.
 */
export class Browser implements Holder {
  readonly delivery = "cookie";
  answeredAt = Number.NEGATIVE_INFINITY;
  readonly #jar: Map<string, Cookie>;

  constructor(
    readonly name: string,
    readonly user: number,
    readonly isThief = false,
    jar: ReadonlyMap<string, Cookie> = new Map(),
  ) {
    this.#jar = new Map(jar);
  }

  read(now: number): Presented {
    const value = (name: string) => {
      const cookie = this.#jar.get(`__Host-watchword.${name}`);
      return cookie && cookie.until > now ? cookie.value : undefined;
    };
    return { refreshToken: value("refresh"), accessToken: value("access"), challenge: value("challenge") || undefined };
  }

  receive({ purpose }: Call, reply: Reply, now: number): void {
    const { setCookies, status } = reply;
    for (const cookie of setCookies) this.#set(cookie, now);
    const isRenewal = purpose !== "logout" && purpose !== "call" && tokensIn(reply).refreshToken !== undefined;
    if (status === 200 && isRenewal) this.answeredAt = now;
  }

  stolen(): Browser {
    return new Browser(`thief of ${this.name}`, this.user, true, this.#jar);
  }

  #set(cookie: string, now: number): void {
    const [nameAndValue = "", ...attributes] = cookie.split("; ");
    const name = nameAndValue.slice(0, nameAndValue.indexOf("="));
    const maxAge = attributes.find((one) => one.startsWith("Max-Age="))?.slice("Max-Age=".length);
    const until = maxAge === undefined ? Number.POSITIVE_INFINITY : now + Number(maxAge) * 1000;
    this.#jar.set(name, { value: nameAndValue.slice(name.length + 1), until });
  }
}

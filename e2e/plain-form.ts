import type { Page } from "@playwright/test";

/** What a page says in a browser without scripts. */
export interface PlainPage {
  title: string;
  /** What stands in each input of the page's form, hidden ones too, as the browser would send it. */
  form: Record<string, string>;
  /** What has to be put right. */
  problems: string[];
  /** What a person chose, isolated from the text around it: names, addresses. */
  isolated: string[];
}

/** The browser's own reading of pages, whose scripts do not run. */
export function readPages(reader: Page, pages: readonly string[]): Promise<PlainPage[]> {
  return reader.evaluate(
    (texts) =>
      texts.map((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        const textsOf = (selector: string) => [...page.querySelectorAll(selector)].map((found) => found.textContent);
        const inputs = [...page.querySelectorAll<HTMLInputElement>("main form input[name]")];
        const sent = inputs.filter(({ type, checked }) => type !== "checkbox" || checked);
        return {
          title: page.title,
          form: Object.fromEntries(sent.map((input) => [input.name, input.getAttribute("value") ?? ""])),
          problems: textsOf('[role="alert"] li'),
          isolated: textsOf("main bdi"),
        };
      }),
    pages,
  );
}

/** A browser without scripts, without a window: plain HTTP, with cookies, from an address of one's choice. */
export function createPlainBrowser(url: string) {
  const cookies = new Map<string, string>();

  async function send(path: string, from: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { origin: url, "x-forwarded-for": from, ...(cookie ? { cookie } : {}) };
    const answer = await fetch(url + path, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  }

  return {
    get: (path: string, from: string) => send(path, from),
    /** Posts a form as its page says that it is sent: multipart, with what Next has hidden in it. */
    post(path: string, from: string, fields: Readonly<Record<string, string>>) {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return send(path, from, { method: "POST", body });
    },
  };
}

import { type APIRequestContext, expect } from "@playwright/test";

/** The address of the newest mail's link to a page, for that address; waits until it has been sent. */
export async function linkIn(request: APIRequestContext, to: string, page: string): Promise<string> {
  const link = new RegExp(`href="([^"]*/${page}\\?link=[\\w-]{43})"`);
  let found: string | undefined;
  await expect
    .poll(async () => {
      const mails = (await (await request.get("/outbox")).text()).split("<li");
      found = mails.find((mail) => mail.includes(to) && link.test(mail));
      return found !== undefined;
    })
    .toBe(true);
  return link.exec(found ?? "")?.[1] ?? "";
}

import { personalHeaders } from "@watchword/auth/trpc";

/**
 * Whether a browser asks for something in order to show it: then a rejection has to be a page. Programs, and scripts of a page,
 * read the rejection as it is. Browsers without Fetch Metadata say what they can show (RFC 9110 section 12.5.1).
 */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  if (mode !== null) return mode === "navigate";
  return headers.get("accept")?.includes("text/html") ?? false;
}

/** Leads a browser from an address that is no page to one that is. */
export function leadTo(page: string): Response {
  return new Response(null, { status: 303, headers: { ...personalHeaders, location: page } });
}

/** The statuses that the page itself answers: a login that is needed, and something that does not exist. */
const answeredByPage = [401, 404];

/** The page that stands in for a download that was rejected, and does not start it again by itself. */
export function pageAfterRejection(page: string, { status, reason }: { status: number; reason: string }): string {
  return answeredByPage.includes(status) ? page : `${page}?refused=${reason}`;
}

/** The parts of the account that stood on one page before, and on which page each is now: an address may still name them. */
export const formerParts = {
  Security: ["ways-in"],
  Sessions: ["session", "sessions"],
  Activity: ["history"],
} as const;

const hrefs = { Security: "/account/security", Sessions: "/account/sessions", Activity: "/account/activity" } as const;

/** The page of a former part. Undefined for a fragment that is none. */
export function pageOfFormerPart(fragment: string): string | undefined {
  const names = Object.keys(formerParts) as Array<keyof typeof formerParts>;
  const name = names.find((one) => (formerParts[one] as readonly string[]).includes(fragment));
  return name && hrefs[name];
}

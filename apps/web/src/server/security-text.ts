const day = 86_400_000;

/** Less than a year ahead, so that a forgotten page expires (RFC 9116 section 2.5.5). */
const validForDays = 180;

interface Settings {
  appUrl: string;
  securityContact: string | undefined;
}

/** The contents of `security.txt`. Undefined where no contact is set: a default address would belong to another site. */
export function securityText({ appUrl, securityContact }: Settings, now: number): string | undefined {
  if (securityContact === undefined) return undefined;
  const midnight = Math.floor(now / day) * day;
  const lines = [
    `Contact: ${securityContact}`,
    `Expires: ${new Date(midnight + validForDays * day).toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${appUrl}/.well-known/security.txt`,
  ];
  return `${lines.join("\n")}\n`;
}

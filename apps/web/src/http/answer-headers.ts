/** What every answer says, whichever door it comes from. */
export const everywhere: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not "no-referrer": with it a form that is posted without JavaScript says "Origin: null", like a stranger's.
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
};

export const pagePolicy = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** What the API sends is never a page, least of all a file that somebody uploaded. */
export const apiPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

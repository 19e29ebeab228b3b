// The headers of a response. Plain JavaScript, because `next.config.mjs` asks it: a configuration in TypeScript has Next load its compiler
// at each start.

/**
 * The headers of every response.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const everywhere = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not "no-referrer": with it a form that is posted without JavaScript says "Origin: null", like a stranger's.
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Permitted-Cross-Domain-Policies": "none",
  "Permissions-Policy":
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
};

/** What the API sends is never a page, least of all an uploaded file. */
export const apiPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** For what carries no nonce: files, and pages of a host that only runs Next for which no proxy has drawn one. No inline script runs. */
export const pagePolicy = policyOf({ scripts: "'self'", styles: "'self'" });

/**
 * The policy of one page: only what carries its nonce runs, and what that loads (CSP level 3, section 8.2; ASVS 3.4.3). Next
 * puts the nonce on all that it writes into the page.
 *
 * @param {string} nonce at least 128 bits in base64, never used before
 * @param {{ development?: boolean }} [settings]
 * @returns {string}
 */
export function pagePolicyWith(nonce, { development = false } = {}) {
  return development
    ? // What reloads parts of a page evaluates them, and puts its styles where it likes.
      policyOf({ scripts: `'nonce-${nonce}' 'strict-dynamic' 'unsafe-eval'`, styles: "'self' 'unsafe-inline'" })
    : policyOf({ scripts: `'nonce-${nonce}' 'strict-dynamic'`, styles: `'self' 'nonce-${nonce}'` });
}

/**
 * @param {{ scripts: string, styles: string }} sources
 * @returns {string}
 */
function policyOf({ scripts, styles }) {
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}

/**
 * Two years, as browsers' lists ask for (ASVS 3.4.1). Only where the app is reached by https.
 *
 * @param {{ appUrl: string, subdomains: boolean }} settings
 * @returns {string | undefined}
 */
export function strictTransport({ appUrl, subdomains }) {
  if (!appUrl.startsWith("https:")) return undefined;
  return `max-age=63072000${subdomains ? "; includeSubDomains" : ""}`;
}

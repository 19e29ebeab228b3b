/**
 * Where password managers send people to change a password (W3C, A Well-Known URL for Changing Passwords). To the page of
 * a logged-in user: a visitor has to log in first, and is led back. Other well-known addresses answer 404.
 */
export function GET(): Response {
  return new Response(null, { status: 303, headers: { location: "/account/password", "cache-control": "no-store" } });
}

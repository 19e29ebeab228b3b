import type { Client } from "./descriptions/description.ts";

/** Of every seeded user. */
export const seedPassword = "correct horse battery staple";

/** A client of the seeded user with this number, without a session. */
export function createClient(index: number): Client {
  return {
    email: `user${index}@example.test`,
    password: seedPassword,
    accessToken: "",
    refreshToken: "",
    cookies: new Map(),
  };
}

/** So many users, spread over all of them. */
export function spreadOver(users: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.floor((at * users) / count));
}

/** An address of the network that RFC 2544 sets aside for benchmarks: as many as there are logins. */
export const benchAddress = (index: number): string => `198.18.${(index >> 8) & 255}.${index & 255}`;

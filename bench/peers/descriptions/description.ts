import type { HttpResponse } from "../load/connection.ts";

export const workloads = ["me", "batch", "refresh", "flood", "growth", "storm", "pages"] as const;
export type WorkloadName = (typeof workloads)[number];

/** A user of the bench, and what their client holds of a session. */
export interface Client {
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  cookies: Map<string, string>;
  /** The address that the proxy in front forwards. */
  forwardedFor?: string;
}

/** One request of a contestant's, and the answer by which it counts. */
export interface Call {
  method: "GET" | "POST";
  path: string;
  headers?: (client: Client) => Record<string, string>;
  /** JSON, unless the headers say otherwise. */
  body?: (client: Client) => string;
  /** 200 unless given. */
  status?: number;
  /** A text in the right answer. */
  expect?: (client: Client) => string;
  /** How often it stands there; once unless given. */
  times?: number;
  /** Keeps the new tokens of an answer. Throws when there are none. */
  keep?: (client: Client, answer: HttpResponse) => void;
}

export interface Place {
  port: number;
  folder: string;
}

/** What the bench has to know of a contestant. */
export interface Description {
  name: string;
  /** A line for the table of contestants. */
  about: string;
  /** The arguments of Node, and the folder that it starts in. */
  program: readonly string[];
  cwd: string;
  env?: (place: Place) => Record<string, string>;
  /** Settings for a proxy in front, where the contestant has some. */
  envBehindProxy?: Record<string, string>;
  /** Seeds `users` users with a session each into the database of an empty folder. Without it there are no users. */
  seed?: { program: readonly string[] } | { run: (place: Place, users: number) => Promise<void> };
  /** Answered below 500 once the server is up. */
  readyPath: string;
  /** In which workloads it runs unless the command names contestants. */
  workloads: readonly WorkloadName[];
  calls: { me: Call; batch?: Call; login?: Call; refresh?: Call; pages?: Record<string, Call> };
}

/** `me` five times in one request, as `httpBatchLink` sends it. */
export function batchPath(endpoint: string, procedure: string): string {
  return `${endpoint}/${Array.from({ length: 5 }, () => procedure).join(",")}?batch=1&input=%7B%7D`;
}

/** Keeps every cookie that an answer sets. */
export function keepCookies(client: Client, { head }: HttpResponse): void {
  let found = 0;
  for (const [, name = "", value = ""] of head.matchAll(/\r\nset-cookie: *([^=\r\n]+)=([^;\r\n]*)/gi)) {
    client.cookies.set(name, value);
    found += 1;
  }
  if (found === 0) throw new Error("The answer sets no cookie");
}

export function cookieHeader({ cookies }: Client): { cookie: string } {
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

import type { AuthEvent } from "../../../core/domain/events.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { createFakeClock, type FakeClock } from "../../fake-clock.ts";
import { createFakePasswordHasher } from "../../fake-password-hasher.ts";
import { createTestApp, type Reply, readReply, type TestAppOptions } from "../../test-app.ts";
import { testIssuer } from "../../test-auth.ts";
import type { Turns } from "../../turns.ts";
import type { Call } from "./holder.ts";
import { simulatedKind } from "./second-factor.ts";

/** One server process: the real router behind the real HTTP handler, with a clock of its own. */
export interface Server {
  readonly name: string;
  readonly clock: FakeClock;
  readonly events: readonly AuthEvent[];
  /** Whether it knows the kind of the second factors. */
  readonly knowsSecondFactor: boolean;
  /** How long a session lives when it is not refreshed, in milliseconds. */
  readonly idleMs: number;
  answer(call: Call): Promise<Reply>;
}

export interface ServerOptions {
  seed: string;
  store: AuthStore;
  turns: Turns;
  /** Milliseconds since 1970, by this server's clock. */
  now: number;
  settings: TestAppOptions;
  knowsSecondFactor: boolean;
}

export function startServer(
  name: string,
  { seed, store, turns, now, settings, knowsSecondFactor }: ServerOptions,
): Server {
  const clock = createFakeClock(now);
  const passwords = createFakePasswordHasher({ pause: turns.pause });
  const { handler, events, auth } = createTestApp({
    credentialKinds: knowsSecondFactor ? [simulatedKind] : [],
    ...settings,
    seed,
    store,
    clock,
    passwords,
  });
  return {
    name,
    clock,
    events,
    knowsSecondFactor,
    idleMs: auth.settings.refreshIdleSeconds * 1000,
    answer: async (call) => readReply(await handler(requestOf(call))),
  };
}

function requestOf({ method, path, input, headers }: Call): Request {
  const url = `${testIssuer}/api/trpc/${path}`;
  if (method === "GET") return new Request(url, { headers });
  return new Request(url, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(input ?? {}),
  });
}

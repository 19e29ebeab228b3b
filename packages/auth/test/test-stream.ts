import { createTRPCClient, httpSubscriptionLink, type TRPCClient, type TRPCClientError } from "@trpc/client";
import { TRPCError, tracked } from "@trpc/server";
import { z } from "zod";
import { type BodySession, createBodySession } from "../src/client/body-session.ts";
import type { EndReason } from "../src/client/client-session.ts";
import { reasonOf } from "../src/client/errors.ts";
import { refreshLink } from "../src/client/refresh-link.ts";
import { createMemoryTokenStore } from "../src/client/token-store.ts";
import { AuthError, type AuthErrorReason } from "../src/core/domain/errors.ts";
import { completed, createTestAuth, registerAda, type TestAuth, testIssuer } from "../src/testing/test-auth.ts";
import { createFetchHandler } from "../src/trpc/http/fetch-handler.ts";
import { protectedProcedure, router } from "../src/trpc/init.ts";
import { authRouter } from "../src/trpc/routers/auth.ts";
import { createTokenCookies } from "../src/trpc/token-cookies.ts";
import { createWire, type Wire } from "./test-client.ts";
import { createTestDevice, type TestDevice } from "./test-device.ts";
import { createTestEventSources, type TestEventSources } from "./test-event-source.ts";

/** A log of numbered events, and its subscribers. */
interface EventLog {
  newest: number;
  /** The `lastEventId` of each connection, in order. */
  resumedFrom: Array<string | null>;
  /** Adds events; every open connection gets them. */
  append(count?: number): void;
  /** Ends every connection, as the server does when a token has run out or a session is over. */
  end(reason: AuthErrorReason): void;
}

function createStreamRouter() {
  let wakeUp = () => {};
  let changed = Promise.resolve();
  let ending: { reason: AuthErrorReason } | undefined;
  function wake(): void {
    wakeUp();
    changed = new Promise((resolve) => {
      wakeUp = resolve;
    });
  }
  const log: EventLog = {
    newest: 0,
    resumedFrom: [],
    append(count = 1) {
      log.newest += count;
      wake();
    },
    end(reason) {
      ending = { reason };
      wake();
    },
  };
  wake();

  const numbers = protectedProcedure
    .input(z.object({ lastEventId: z.string().nullish(), topic: z.string().optional() }).optional())
    .subscription(async function* ({ input }) {
      const atStart = ending;
      log.resumedFrom.push(input?.lastEventId ?? null);
      let sent = Number(input?.lastEventId ?? 0);
      for (;;) {
        const next = changed;
        while (sent < log.newest) {
          sent += 1;
          yield tracked(String(sent), sent);
        }
        await next;
        if (ending && ending !== atStart) {
          const cause = new AuthError(ending.reason);
          throw new TRPCError({ code: cause.code, cause });
        }
      }
    });
  return { log, router: router({ auth: authRouter, live: router({ numbers }) }) };
}

type StreamRouter = ReturnType<typeof createStreamRouter>["router"];

export interface StartedStream extends TestAuth {
  log: EventLog;
  wire: Wire;
  device: TestDevice;
  session: BodySession;
  sources: TestEventSources;
  ended: EndReason[];
  /** The numbers that have come, in order. */
  got: number[];
  /** How the subscription ended, if it did. */
  over: Array<AuthErrorReason | "lost" | "complete">;
  /** The states that the connection reported. */
  states: string[];
  /** Resolves when so many events have come. */
  reached(count: number): Promise<void>;
  /** Resolves when the subscription is over. */
  finished(): Promise<void>;
  unsubscribe(): void;
  /** Lets the access token run out, and the server's streams end with it. */
  expire(): void;
}

export interface StreamOptions {
  onEnded?: (session: { renewLogin(): Promise<void> }) => Promise<boolean>;
  signal?: AbortSignal;
  /** False where the program runs where there is no `EventSource`. */
  hasEventSource?: boolean;
}

/** Ada's terminal listens to the log, through the real HTTP handler. */
export async function startStream({
  onEnded,
  signal,
  hasEventSource = true,
}: StreamOptions = {}): Promise<StartedStream> {
  const test = createTestAuth();
  const { log, router } = createStreamRouter();
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  const url = `${testIssuer}/api/trpc`;
  const options = { endpoint: "/api/trpc", appUrl: testIssuer, trustedProxyHops: 0 };
  const wire = createWire({ handler: createFetchHandler({ ...options, router, auth: test.auth, tokenCookies }) });
  const device = createTestDevice();
  const ended: EndReason[] = [];
  const store = createMemoryTokenStore(await registerAda(test.auth));
  const session = createBodySession({
    url,
    fetch: wire.fetch,
    store,
    ...device.timing,
    async onEnded(reason) {
      ended.push(reason);
      const renewLogin = async () => store.write(await completed(test.auth.login({ ...fromAda, delivery: "body" })));
      return (await onEnded?.({ renewLogin })) ?? false;
    },
  });
  const sources = createTestEventSources(wire.fetch);
  const client = createTRPCClient<StreamRouter>({
    links: [
      refreshLink({ session }),
      httpSubscriptionLink({
        url,
        ...(hasEventSource && { EventSource: sources.EventSource }),
        eventSourceOptions: async () => ({ headers: await session.headers() }),
      }),
    ],
  });
  return {
    ...test,
    log,
    wire,
    device,
    session,
    sources,
    ended,
    ...subscribe(client, signal),
    expire() {
      test.clock.advance(901_000);
      log.end("access_token_expired");
    },
  };
}

type Subscribed = Pick<StartedStream, "got" | "over" | "states" | "reached" | "finished" | "unsubscribe">;

/** Subscribes to the log, and records what comes. */
function subscribe(client: TRPCClient<StreamRouter>, signal: AbortSignal | undefined): Subscribed {
  const [got, over, states]: [number[], StartedStream["over"], string[]] = [[], [], []];
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const check of watchers) check();
  };
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (isReached()) resolve();
      };
      watchers.add(check);
      check();
    });
  const subscription = client.live.numbers.subscribe(
    { topic: "all" },
    {
      ...(signal && { signal }),
      onData({ data }) {
        got.push(data);
        notify();
      },
      onError(error: TRPCClientError<StreamRouter>) {
        over.push(reasonOf(error) ?? "lost");
        notify();
      },
      onComplete() {
        over.push("complete");
        notify();
      },
      onConnectionStateChange: ({ state }) => states.push(state),
    },
  );
  return {
    got,
    over,
    states,
    reached: (count) => until(() => got.length >= count),
    finished: () => until(() => over.length > 0),
    unsubscribe: () => subscription.unsubscribe(),
  };
}

const fromAda = {
  identifier: "ada",
  password: "correct horse battery staple",
  rememberMe: true,
  userAgent: null,
  ipAddress: null,
};

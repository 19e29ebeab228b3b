import { vi } from "vitest";
import type { EndReason } from "../src/client/client-session.ts";
import { type CookieSession, createCookieSession } from "../src/client/cookie-session.ts";
import { createTestApp, type TestApp, type TestAppOptions } from "../src/testing/test-app.ts";
import { ada } from "../src/testing/test-auth.ts";
import { createTestClient, createWire, type Wire } from "./test-client.ts";
import { createTestDevice, type TestDevice } from "./test-device.ts";

/** One browser: a jar of cookies that its tabs share, and locks that they take in turn. */
export interface TestBrowser {
  app: TestApp;
  wire: Wire;
  jar: Map<string, string>;
  device: TestDevice;
  locks: TestLocks;
  openTab(options?: TabOptions): TestTab;
  /** Lets the access token run out, while the device sleeps. */
  expire(): void;
}

interface TabOptions {
  onEnded?: (reason: EndReason) => Promise<boolean>;
}

interface TestTab {
  session: CookieSession;
  client: ReturnType<typeof createTestClient>;
  /** Why the tab was told that its session is over. */
  ended: EndReason[];
}

/** Ada's browser, after she has registered in it. Call `vi.unstubAllGlobals` when the test is over. */
export async function startBrowser(options: TestAppOptions = {}): Promise<TestBrowser> {
  const app = createTestApp(options);
  const wire = createWire(app, { cookies: true });
  const jar = wire.cookies ?? new Map();
  const device = createTestDevice();
  const locks = createTestLocks();
  stubDocument(jar);
  vi.stubGlobal("navigator", { locks });
  patientWithLocks(device);

  function openTab({ onEnded }: TabOptions = {}): TestTab {
    const ended: EndReason[] = [];
    const session = createCookieSession({
      url: app.url,
      fetch: wire.fetch,
      ...device.timing,
      onEnded: async (reason) => {
        ended.push(reason);
        return (await onEnded?.(reason)) ?? false;
      },
    });
    return { session, client: createTestClient({ app, wire, session }), ended };
  }

  await openTab().client.auth.register.mutate({ ...ada });
  wire.calls.length = 0;
  return {
    app,
    wire,
    jar,
    device,
    locks,
    openTab,
    expire() {
      app.clock.advance(901_000);
      device.sleep(901_000);
    },
  };
}

/** Scripts see the hint cookie of the jar, and no other. */
export function stubDocument(jar: ReadonlyMap<string, string>): EventTarget {
  const document = Object.defineProperty(new EventTarget(), "cookie", {
    get: () =>
      [...jar]
        .filter(([name]) => name.endsWith(".session"))
        .map((cookie) => cookie.join("="))
        .join("; "),
  });
  vi.stubGlobal("document", document);
  return document;
}

export interface TestLocks {
  /** As `navigator.locks.request`: one at a time for each name, in the order of asking. */
  request<T>(name: string, options: { signal?: AbortSignal }, work: () => Promise<T>): Promise<T>;
  /** Another tab has the lock from now on, until it lets go. */
  hold(name: string): () => void;
}

export function createTestLocks(): TestLocks {
  const turns = new Map<string, Promise<unknown>>();
  const turnOf = (name: string) => turns.get(name) ?? Promise.resolve();
  return {
    async request(name, { signal }, work) {
      const turn = turnOf(name);
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      turns.set(
        name,
        turn.then(() => ended),
      );
      try {
        await Promise.race([turn, abortion(signal)]);
        return await work();
      } finally {
        end();
      }
    },
    hold(name) {
      let letGo = () => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      turns.set(
        name,
        turnOf(name).then(() => held),
      );
      return letGo;
    },
  };
}

function abortion(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

/** Waits of this length are for a lock. They go on until the lock is there: no test has other tabs that hang. */
const lockWaitMs = 5_000;

function patientWithLocks(device: TestDevice): void {
  const others = device.onWait;
  device.onWait = (ms, signal) => (ms === lockWaitMs ? abortion(signal) : others(ms, signal));
}

import { AuthError } from "../../core/domain/errors.ts";
import type { IssuedTokens } from "../../core/domain/model.ts";
import type { Auth } from "../../core/index.ts";
import { createTokenCookies, type TokenCookies } from "../../trpc/token-cookies.ts";
import { createMemoryStore } from "../memory-store/store.ts";
import { createTestAuth, fromBrowser, registerAda, testIssuer } from "../test-auth.ts";
import { type Passage, readPassage } from "./passage.ts";

/** What a proxy is built of: the rules over a store in memory, and how tokens travel. For `createRefreshProxy`. */
export interface ProxyParts {
  auth: Auth;
  tokenCookies: TokenCookies;
}

export interface CheckProxyOptions {
  /** Builds the proxy as the app does, with everything else that is in it, but of these parts. */
  compose: (parts: ProxyParts) => (request: Request) => Response | Promise<Response>;
  /** What `proxy.ts` exports under this name. Next hides from a proxy that a page is only fetched ahead: a matcher sees it. */
  config?: { matcher?: unknown };
  /** A page that the proxy is run for. */
  path?: string;
}

/**
 * Runs a proxy in every way that refreshing goes wrong in, for one test of the app that has it.
 *
 * @throws {Error} with one line for each thing that is wrong
 */
export async function checkProxy({ compose, config, path = "/" }: CheckProxyOptions): Promise<void> {
  const found = config ? matcherProblems(config.matcher) : [];
  for (const { when, problems } of situations) {
    const visit = await beginVisit(compose, path);
    found.push(...(await problems(visit).catch((error: unknown) => [`${when}, it throws: ${String(error)}`])));
  }
  if (found.length > 0)
    throw new Error(`The proxy is not built in right:\n${found.map((one) => `- ${one}`).join("\n")}`);
}

const situations: { when: string; problems: (visit: Visit) => Promise<string[]> }[] = [
  { when: "when an access token has run out", problems: problemsWhenDue },
  { when: "when five pages find it run out at once", problems: problemsWhenManyAreDue },
  { when: "when an access token is still good", problems: problemsWhenGood },
  { when: "when a page is fetched ahead", problems: problemsWhenPrefetched },
  { when: "when the server is busy", problems: problemsWhenBusy },
  { when: "when the store breaks down", problems: problemsWhenBroken },
  { when: "when the session is over", problems: problemsWhenEnded },
];

/** Ada's browser in front of the proxy, with a cookie that is not ours. */
interface Visit {
  auth: Auth;
  tokenCookies: TokenCookies;
  issued: IssuedTokens;
  /** Lets the access token run out. */
  expire(): void;
  /** From now on the store takes no write. */
  makeBusy(): void;
  /** From now on the store throws at whatever it is asked. */
  breakStore(): void;
  generation(): Promise<number>;
  /** Opens the page, with her cookies or as an unknown visitor. */
  open(headers?: Record<string, string>): Promise<Passage>;
  openAsNobody(): Promise<Passage>;
}

const otherCookies = new Map([
  ["elsewhere", "kept"],
  ["another", "a%20b"],
]);
const otherCookie = [...otherCookies].map((cookie) => cookie.join("=")).join("; ");

async function beginVisit(compose: CheckProxyOptions["compose"], path: string): Promise<Visit> {
  let busy = false;
  let broken = false;
  const store = createMemoryStore({
    async pause(method, moment) {
      await Promise.resolve();
      if (broken) throw new TypeError("The store is broken");
      if (busy && moment === "before" && method === "rotateSession") throw new AuthError("temporarily_unavailable");
    },
  });
  const { auth, clock } = createTestAuth({ store });
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  const proxy = compose({ auth, tokenCookies });
  const issued = await registerAda(auth, fromBrowser);
  const cookies = [otherCookie];
  const sink = { set: (name: string, value: string) => void cookies.push(`${name}=${value}`) };
  tokenCookies.setCookies(sink, new Headers(), issued);
  const send = async (headers: Record<string, string>) => {
    const request = new Request(`${testIssuer}${path}`, { headers });
    return readPassage(new Headers(headers), await proxy(request));
  };
  return {
    auth,
    tokenCookies,
    issued,
    expire: () => clock.advance(16 * 60_000),
    makeBusy() {
      busy = true;
    },
    breakStore() {
      broken = true;
    },
    generation: async () => (await store.findStoredSession(issued.session.id))?.session.generation ?? -1,
    open: (headers = {}) => send({ ...headers, cookie: cookies.join("; ") }),
    openAsNobody: () => send({ cookie: otherCookie }),
  };
}

async function problemsWhenDue(visit: Visit): Promise<string[]> {
  const before = await visit.openAsNobody();
  const again = await visit.openAsNobody();
  visit.expire();
  const passage = await visit.open();
  const rotations = await visit.generation();
  const found: string[] = [];
  if (rotations !== 1) found.push(`an access token that has run out makes ${rotations} rotations, and not one`);
  if (!passage.isRedirect && !(await seesLogin(visit, passage))) {
    found.push("the page does not see the new access token: give the next step the headers that you are given");
  }
  const names = sessionCookies(visit);
  for (const name of stepUpCookies(visit)) {
    if (passage.setCookies.has(name)) found.push(`a silent refresh changes ${name}`);
  }
  for (const name of names) {
    const sent = passage.setCookies.get(name);
    if (!sent) found.push(`the browser is not sent the new ${name}: answer with the response that you are given`);
    else if (!passage.isRedirect && passage.pageCookies.get(name) !== sent.value) {
      found.push(`the page and the browser are given another ${name} each`);
    }
    if (sent && name !== names.at(-1) && !sent.isHttpOnly)
      found.push(`scripts can read ${name}: its attributes got lost`);
  }
  for (const [name, value] of otherCookies) {
    if (!passage.isRedirect && passage.pageCookies.get(name) !== value) {
      found.push(`the page no longer sees the browser's cookie ${name}`);
    }
  }
  for (const [name, { value }] of before.setCookies) {
    if (passage.setCookies.get(name)?.value !== value) found.push(`the cookie ${name} of another step is lost`);
  }
  for (const [name, value] of before.others) {
    // What differs from one page to the next, such as a nonce, has to be there, whatever it says.
    const isKept = again.others.get(name) === value ? passage.others.get(name) === value : passage.others.has(name);
    if (!isKept) found.push(`the header ${name} of another step is lost`);
  }
  return found;
}

async function problemsWhenManyAreDue(visit: Visit): Promise<string[]> {
  visit.expire();
  await Promise.all(Array.from({ length: 5 }, () => visit.open()));
  const rotations = await visit.generation();
  return rotations === 1 ? [] : [`five pages at once make ${rotations} rotations, and not one`];
}

async function problemsWhenGood(visit: Visit): Promise<string[]> {
  return untouched(visit, await visit.open(), "an access token that is still good");
}

async function problemsWhenPrefetched(visit: Visit): Promise<string[]> {
  visit.expire();
  const ahead = [{ "sec-purpose": "prefetch" }, { "sec-purpose": "prefetch;prerender" }, { purpose: "prefetch" }];
  const found: string[] = [];
  for (const headers of ahead)
    found.push(...(await untouched(visit, await visit.open(headers), "a page fetched ahead")));
  return [...new Set(found)];
}

async function problemsWhenBusy(visit: Visit): Promise<string[]> {
  visit.expire();
  visit.makeBusy();
  return untouched(visit, await visit.open(), "a server that is busy");
}

/** An unexpected error must not cost the page: without a refresh it still renders. */
async function problemsWhenBroken(visit: Visit): Promise<string[]> {
  visit.expire();
  visit.breakStore();
  const passage = await visit.open();
  const names = sessionCookies(visit);
  return [
    ...(names.some((name) => passage.setCookies.has(name)) ? ["a broken store changes the session's cookies"] : []),
    ...(passage.isRedirect || names.every((name) => passage.pageCookies.has(name))
      ? []
      : ["a broken store takes the session's cookies away from the page"]),
  ];
}

async function problemsWhenEnded(visit: Visit): Promise<string[]> {
  await visit.auth.logout({ refreshToken: visit.issued.refreshToken, accessToken: undefined });
  const passage = await visit.open();
  return [...sessionCookies(visit), ...stepUpCookies(visit)].flatMap((name) => [
    ...(passage.setCookies.get(name)?.isDeletion ? [] : [`a session that is over leaves ${name} in the browser`]),
    ...(passage.isRedirect || !passage.pageCookies.has(name)
      ? []
      : [`a session that is over leaves ${name} to the page`]),
  ]);
}

/** Where nothing is to be refreshed, nothing of the session may change, neither for the page nor for the browser. */
async function untouched(visit: Visit, passage: Passage, what: string): Promise<string[]> {
  const found: string[] = [];
  if ((await visit.generation()) !== 0) found.push(`${what} makes a rotation`);
  const names = sessionCookies(visit);
  if (names.some((name) => passage.setCookies.has(name))) found.push(`${what} changes the session's cookies`);
  if (!passage.isRedirect && names.some((name) => !passage.pageCookies.has(name))) {
    found.push(`${what} takes the session's cookies away from the page`);
  }
  return found;
}

/** The names of the cookies that each refresh brings, the readable one last. */
function sessionCookies({ tokenCookies, issued }: Visit): string[] {
  const names: string[] = [];
  tokenCookies.setCookies({ set: (name) => void names.push(name) }, new Headers(), { ...issued, stepUp: undefined });
  return names;
}

/** The name of the cookie that the password alone brings. */
function stepUpCookies({ tokenCookies, issued: { stepUp } }: Visit): string[] {
  const names: string[] = [];
  const sink = { set: (name: string) => void names.push(name) };
  if (stepUp) tokenCookies.setStepUp(sink, new Headers(), { stepUp, rememberMe: true });
  return names;
}

async function seesLogin({ auth, tokenCookies }: Visit, { page }: Passage): Promise<boolean> {
  try {
    return (await auth.verify(tokenCookies.accessToken(page) ?? "")).user.username === "ada";
  } catch {
    return false;
  }
}

function matcherProblems(matcher: unknown): string[] {
  const entries = Array.isArray(matcher) ? matcher : [matcher];
  const spares = entries.every((entry) => JSON.stringify(entry?.missing ?? "").includes('"next-router-prefetch"'));
  return spares ? [] : ["the matcher does not spare what is fetched ahead: missing next-router-prefetch"];
}

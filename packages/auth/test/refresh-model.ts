import { AuthError, type AuthErrorReason } from "../src/core/domain/errors.ts";
import type { NewUser, StoredSession } from "../src/core/domain/model.ts";
import { hashSecret } from "../src/core/domain/secrets.ts";
import { refreshAttempts } from "../src/core/domain/settings.ts";
import { type Auth, type CredentialKind, createAuth } from "../src/core/index.ts";
import type { AuthStore } from "../src/core/ports/store.ts";
import { decideRefresh } from "../src/core/tokens/decide-refresh.ts";
import { formatRefreshToken, parseRefreshToken } from "../src/core/tokens/refresh-token.ts";
import { createFakeClock, type FakeClock, testStart } from "../src/testing/fake-clock.ts";
import { createFakePasswordHasher } from "../src/testing/fake-password-hasher.ts";
import { aNewUser, aSession, seededRandomBytes } from "../src/testing/fixtures.ts";
import { createMemoryStore } from "../src/testing/memory-store/store.ts";
import { testIssuer, testSecret } from "../src/testing/test-auth.ts";

/**
 * A small world around the production rules and a store: clients that keep their tokens in a jar which tabs share, and a
 * network that loses, delays, doubles and reorders what it carries. Only the world is a model; `Auth` is the real one.
 *
 * It keeps the protocol's assumptions, because without them no rule could hold:
 * - A1: whoever sends reads the jar at that moment (`send`).
 * - A2: a jar that was answered within the repeat window starts nothing new: it uses what is there (`send`).
 * - A3: no message lives longer than the window, and none is under way while a window closes: what would be, is lost
 *   (`delay`). A reply that crossed the end of a window could bring a successor that was replaced meanwhile.
 */
export class RefreshWorld {
  readonly clock: FakeClock;
  readonly auth: Auth;
  /** A server of the version before, on the same store: it does not know the kind of `addCredential`. */
  readonly #older: () => Auth;
  readonly store: AuthStore;
  readonly jars: Jar[];
  inFlight: Message[] = [];
  /** Every refresh token that was ever handed out, oldest first. */
  readonly issued: string[];
  /** What each presentation came to, in the order in which the server answered. */
  readonly answers: Array<{ jar: number; presented: string; outcome: AuthErrorReason | "ok"; byOlder: boolean }> = [];
  /** Whether the account has a second factor. */
  hasSecondFactor: boolean;
  /** How often the store said that it rotated, since this world began. */
  rotations = 0;
  #crash: "before" | "after" | undefined;
  #reads = 0;
  readonly #origin: WorldState;

  constructor(state: WorldState, options: { pause?: () => Promise<void> } = {}) {
    this.#origin = state;
    this.clock = createFakeClock(state.now);
    const memory = createMemoryStore(options);
    this.store = {
      ...memory,
      findStoredSession: async (id) => {
        this.#reads += 1;
        const found = await memory.findStoredSession(id);
        return found && { ...found, kinds: this.hasSecondFactor ? [secondFactor.kind, ...found.kinds] : found.kinds };
      },
      rotateSession: (change) =>
        this.#write(async () => {
          const rotated = await memory.rotateSession(change);
          if (rotated) this.rotations += 1;
          return rotated;
        }),
      reissueSession: (change) => this.#write(() => memory.reissueSession(change)),
    };
    // Each process has randomness of its own: two that draw the same salt would make the same successor.
    const open = (name: string, credentialKinds: CredentialKind[]) =>
      createAuth({
        store: this.store,
        passwords: createFakePasswordHasher(),
        clock: this.clock,
        randomBytes: seededRandomBytes(`${name} ${state.issued.length + state.now}`),
        secrets: [testSecret],
        issuer: testIssuer,
        credentialKinds,
      });
    this.auth = open("now", [secondFactor]);
    let older: Auth | undefined;
    this.#older = () => {
      older ??= open("older", []);
      return older;
    };
    this.hasSecondFactor = state.hasSecondFactor;
    this.jars = state.jars.map((jar) => ({ ...jar }));
    this.inFlight = [...state.inFlight];
    this.issued = [...state.issued];
  }

  async open(): Promise<this> {
    await this.store.createAccount({ user: this.#origin.user, session: this.#origin.session });
    return this;
  }

  /** A copy of everything, for going on from here in another way. */
  async state(): Promise<WorldState> {
    const { jars, inFlight, issued, clock } = this;
    return {
      user: this.#origin.user,
      session: await this.session(),
      jars: jars.map((jar) => ({ ...jar })),
      inFlight: [...inFlight],
      issued: [...issued],
      now: clock.now(),
      hasSecondFactor: this.hasSecondFactor,
    };
  }

  /** The user adds a second factor. What began goes on. */
  addCredential(): void {
    this.hasSecondFactor = true;
  }

  async session(): Promise<StoredSession> {
    const found = await this.store.findStoredSession(this.#origin.session.id);
    if (!found) throw new Error("The session is gone");
    return found.session;
  }

  get windowMs(): number {
    return this.auth.settings.retryWindowSeconds * 1000;
  }

  /** A tab reads its jar and sends. Returns false when the jar was answered so lately that there is nothing to ask. */
  send(jar: number): boolean {
    const from = this.jars[jar];
    if (!from || this.clock.now() - from.answeredAt <= this.windowMs) return false;
    this.inFlight.push({ kind: "request", jar, presented: from.token, sentAt: this.clock.now() });
    return true;
  }

  lose(message: number): void {
    this.inFlight.splice(message, 1);
  }

  duplicate(message: number): void {
    const doubled = this.inFlight[message];
    if (doubled) this.inFlight.push(doubled);
  }

  /** A request comes to the server, and its reply sets out; or a reply comes to its jar. */
  async deliver(message: number): Promise<void> {
    const [arrived] = this.inFlight.splice(message, 1);
    if (arrived?.kind === "request") await this.#answerAll([arrived]);
    if (arrived?.kind === "reply") this.#keep(arrived);
  }

  /** A request comes to the server of the version before. */
  async deliverToOlder(message: number): Promise<void> {
    const [arrived] = this.inFlight.splice(message, 1);
    if (arrived?.kind === "request") await this.#answer(arrived, this.#older());
    else if (arrived) this.#keep(arrived);
  }

  /** All requests that are under way come to the server at once. */
  async deliverTogether(): Promise<void> {
    const requests = this.inFlight.filter((one) => one.kind === "request");
    this.inFlight = this.inFlight.filter((one) => one.kind === "reply");
    await this.#answerAll(requests);
  }

  /** The server dies around the write that this request makes, and is back at once. Nobody gets a reply. */
  async crash(message: number, moment: "before" | "after"): Promise<void> {
    const [arrived] = this.inFlight.splice(message, 1);
    if (arrived?.kind !== "request") return;
    this.#crash = moment;
    const replies = this.inFlight;
    this.inFlight = [];
    await this.#answer(arrived).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    this.inFlight = replies;
    this.#crash = undefined;
  }

  /** Time passes; messages die of old age, and none outlives a window (A3). */
  async delay(milliseconds: number): Promise<void> {
    const windowEnd = (await this.session()).rotatedAt + this.windowMs;
    const before = this.clock.now();
    this.clock.advance(milliseconds);
    const now = this.clock.now();
    const closes = before <= windowEnd && now > windowEnd;
    this.inFlight = this.inFlight.filter(({ sentAt }) => !closes && now - sentAt <= this.windowMs);
  }

  /** Which of all tokens ever handed out the production decision would rotate now (S1: at most one). */
  async acceptable(): Promise<string[]> {
    const found = await this.store.findStoredSession(this.#origin.session.id);
    const limits = {
      idleMs: this.auth.settings.refreshIdleSeconds * 1000,
      retryWindowMs: this.windowMs,
      reissueWindowMs: Number.POSITIVE_INFINITY,
      notBefore: 0,
    };
    return [...new Set(this.issued)].filter((text) => {
      const token = parseRefreshToken(text);
      return token && decideRefresh(found, token, { delivery: "body", now: this.clock.now(), limits }).do === "rotate";
    });
  }

  async #answerAll(requests: readonly Request[]): Promise<void> {
    const before = this.#reads;
    await Promise.all(requests.map((request) => this.#answer(request)));
    if (this.#reads - before > requests.length * refreshAttempts)
      throw new Error("Contention took too many reads (L2)");
  }

  async #answer({ jar, presented, sentAt }: Request, server = this.auth): Promise<void> {
    const byOlder = server !== this.auth;
    try {
      const { refreshToken } = await server.refresh({ refreshToken: presented, delivery: "body" });
      this.issued.push(refreshToken);
      this.answers.push({ jar, presented, outcome: "ok", byOlder });
      this.inFlight.push({ kind: "reply", jar, token: refreshToken, sentAt });
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      this.answers.push({ jar, presented, outcome: error.reason, byOlder });
    }
  }

  #keep(reply: Reply): void {
    const jar = this.jars[reply.jar];
    if (!jar) return;
    jar.token = reply.token;
    jar.answeredAt = this.clock.now();
  }

  async #write(work: () => Promise<boolean>): Promise<boolean> {
    if (this.#crash === "before") throw new Crash();
    const done = await work();
    if (this.#crash === "after") throw new Crash();
    return done;
  }
}

class Crash extends Error {}

/** Where one holder of the session keeps its token. */
export interface Jar {
  token: string;
  answeredAt: number;
}

/** A request sets out with the token that its jar held. `sentAt` of a reply, too, is when its request set out. */
interface Request {
  kind: "request";
  jar: number;
  presented: string;
  sentAt: number;
}

interface Reply {
  kind: "reply";
  jar: number;
  token: string;
  sentAt: number;
}

export type Message = Request | Reply;

export interface WorldState {
  user: NewUser;
  session: StoredSession;
  jars: Jar[];
  inFlight: Message[];
  issued: string[];
  now: number;
  hasSecondFactor: boolean;
}

const secondFactor: CredentialKind = { kind: "of_now", amr: "otp", use: "second_factor", verify: () => undefined };

/** A session that was begun a day ago, in one jar. */
export function aWorldState(seed = 1): WorldState {
  const random = seededRandomBytes(`world ${seed}`);
  const user = aNewUser();
  const [familySecret, secret] = [random(16), random(32)];
  const session = aSession({
    userId: user.id,
    delivery: "body",
    familyHash: hashSecret(familySecret),
    nextHash: hashSecret(secret),
  });
  const token = formatRefreshToken({ sessionId: session.id, generation: 0, familySecret, secret });
  const jars = [{ token, answeredAt: Number.NEGATIVE_INFINITY }];
  return { user, session, jars, inFlight: [], issued: [token], now: testStart + 86_400_000, hasSecondFactor: false };
}

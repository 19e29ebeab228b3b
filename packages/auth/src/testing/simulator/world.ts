import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import type { Reply, TestAppOptions } from "../test-app.ts";
import { createTurns, type Turn } from "../turns.ts";
import { judgeResponse } from "./judge/judge-response.ts";
import { Browser } from "./model/browser.ts";
import { type Conditions, drawConditions, patienceMs, widestSkewMs, windowMs } from "./model/conditions.ts";
import type { Exchange, Handling, Message } from "./model/exchange.ts";
import { type Call, type Holder, makeCall, type Purpose } from "./model/holder.ts";
import { type KnownSession, Ledger } from "./model/ledger.ts";
import { createRandom, type Random } from "./model/random.ts";
import { type Server, startServer } from "./model/servers.ts";
import { noTally, type Tally } from "./model/tally.ts";
import { Terminal } from "./model/terminal.ts";
import { Theft } from "./model/theft.ts";
import { watchStore } from "./model/watched-store.ts";

export interface WorldOptions {
  seed: number;
  store: AuthStore;
  /** Other settings than production's, to see that a wrong one is found out. */
  settings?: TestAppOptions;
}

/**
 * Clients, a network that loses, delays, doubles and reorders, servers that die and come back, and a clock for all of
 * them. Everything in it is a model but the servers: those are production's, and one store is behind them all.
 */
export class World {
  readonly random: Random;
  readonly conditions: Conditions;
  readonly ledger = new Ledger();
  readonly servers: Server[];
  readonly holders: Holder[];
  readonly thefts: Theft[] = [];
  messages: Message[] = [];
  handlings: Handling[] = [];
  /** What has happened, a line each. Names and numbers only: never a token. */
  readonly history: string[] = [];
  readonly tally: Tally = noTally();
  /** Whether the database is out of reach. */
  outage = false;
  /** Whether the clocks were ever set back: then what had run out may live again. */
  wasSetBack = false;
  /** The true time, by which clients and the network go. Milliseconds since 1970. */
  now = testStart;
  /** The store itself, without gates: for looking at rows. */
  readonly store: AuthStore;
  readonly #turns = createTurns();
  readonly #start: (at: number, knowsSecondFactor: boolean) => Server;
  #current: Handling | undefined;

  constructor({ seed, store, settings = {} }: WorldOptions) {
    this.random = createRandom(seed);
    this.conditions = drawConditions(this.random);
    this.store = store;
    const watched = watchStore(store, {
      turns: this.#turns,
      isOut: () => this.outage,
      onDone: (method, input, result) => {
        if (method === "findStoredSession" && this.#current) this.#current.reads += 1;
        this.ledger.committed(method, input, result);
      },
    });
    this.#start = (at, knowsSecondFactor) =>
      startServer(`server ${at + 1}`, {
        seed: `history ${seed}, server ${at + 1}${knowsSecondFactor ? "" : ", older"}`,
        store: watched,
        turns: this.#turns,
        now: this.now + (this.conditions.skewsMs[at] ?? 0),
        settings,
        knowsSecondFactor,
      });
    const last = this.conditions.skewsMs.length - 1;
    this.servers = this.conditions.skewsMs.map((_, at) =>
      this.#start(at, !(this.conditions.hasOlderServer && at === last)),
    );
    this.holders = this.conditions.clients.map(({ user, delivery }, at) =>
      delivery === "cookie" ? new Browser(`browser ${at + 1}`, user) : new Terminal(`terminal ${at + 1}`, user),
    );
  }

  note(line: string): void {
    this.history.push(`${String(this.ledger.step).padStart(3)} ${this.#clockText()}  ${line}`);
  }

  /** Sends what the holder keeps at this moment. */
  send(from: Holder, purpose: Purpose, input?: Record<string, unknown>): Exchange {
    const presented = from.read(this.now);
    const call = makeCall(purpose, { delivery: from.delivery, presented, ...(input ? { input } : {}) });
    const exchange = { from, call, sentAt: this.now, givenUp: false, answered: false };
    this.messages.push({ exchange, reply: undefined });
    const session = this.ledger.sessionOf(call.presented);
    this.note(`${from.name} sends ${purpose}${session ? ` of session ${session.name}` : ""}`);
    return exchange;
  }

  /** Whether this holder has asked for something that changes its tokens, and still waits for the answer. */
  isWaiting(holder: Holder, purposes: readonly Purpose[]): boolean {
    const waits = ({ exchange }: { exchange: Exchange }) =>
      exchange.from === holder &&
      purposes.includes(exchange.call.purpose) &&
      !exchange.givenUp &&
      this.now - exchange.sentAt < patienceMs;
    return this.messages.some(waits) || this.handlings.some(waits);
  }

  /** The holder waits no longer for anything that it has asked; what is at a server goes on there. */
  giveUp(holder: Holder): void {
    for (const { exchange } of [...this.messages, ...this.handlings]) {
      if (exchange.from === holder) exchange.givenUp = true;
    }
    this.messages = this.messages.filter(({ exchange }) => !exchange.givenUp);
  }

  take(message: Message): void {
    this.messages = this.messages.filter((one) => one !== message);
  }

  /** A request comes to a server, which works on it up to its first gate. */
  async arrive(message: Message, server: Server): Promise<Handling> {
    this.take(message);
    const { exchange } = message;
    const sessions = [...this.ledger.sessions.values()];
    const over = new Set(sessions.filter(({ endedAt }) => endedAt !== undefined));
    const now = server.clock.now();
    const oneClock = widestSkewMs(this.conditions) === 0;
    const ranOut = new Set(sessions.filter(({ row }) => oneClock && now >= row.rotatedAt + server.idleMs));
    const withSecondFactor = new Set(this.ledger.users.filter(({ hasSecondFactor }) => hasSecondFactor));
    const times = { earliest: now, latest: now, reads: 0, turn: notBegun };
    const draft = { exchange, server, over, ranOut, withSecondFactor, ...times };
    const handling: { -readonly [Key in keyof Handling]: Handling[Key] } = draft;
    this.#presented(exchange, true);
    this.#current = handling;
    handling.turn = await this.#turns.begin(() => server.answer(exchange.call));
    await this.#settle(handling);
    return handling;
  }

  /** Asks a server and has the answer, past the network and its judgement: for a stranger, who is no client. */
  async ask(call: Call): Promise<Reply> {
    return this.random.pick(this.servers).answer(call);
  }

  /** A server works on, up to the next gate. */
  async goOn(handling: Handling): Promise<void> {
    this.handlings = this.handlings.filter((one) => one !== handling);
    handling.latest = Math.max(handling.latest, handling.server.clock.now());
    handling.earliest = Math.min(handling.earliest, handling.server.clock.now());
    this.#presented(handling.exchange, false);
    this.#current = handling;
    await this.#turns.goOn(handling.turn);
    await this.#settle(handling);
  }

  async finish(handling: Handling): Promise<void> {
    while (this.handlings.includes(handling)) await this.goOn(handling);
  }

  async finishAll(): Promise<void> {
    for (const handling of [...this.handlings]) await this.finish(handling);
  }

  /** A server dies with all that it was working on, and is back at once. No client gets an answer. */
  crash(server: Server): void {
    const dying = this.handlings.filter((one) => one.server === server);
    this.handlings = this.handlings.filter((one) => one.server !== server);
    this.tally.crashes += 1;
    this.note(`${server.name} dies${dying.map(({ turn }) => ` at ${turn.gate}`).join(",")}`);
  }

  /** A server of the version before is replaced by one of now. Nothing may be at work there. */
  upgrade(): void {
    for (const [at, { clock, knowsSecondFactor }] of this.servers.entries()) {
      if (knowsSecondFactor) continue;
      const upgraded = this.#start(at, true);
      upgraded.clock.advance(clock.now() - upgraded.clock.now());
      this.servers[at] = upgraded;
      this.note(`${upgraded.name} is upgraded`);
    }
  }

  deliver(message: Message): void {
    this.take(message);
    const { exchange, reply } = message;
    if (!reply || exchange.givenUp || (exchange.answered && !this.conditions.crowded)) return;
    exchange.answered = true;
    exchange.from.receive(exchange.call, reply, this.now);
    this.note(`${exchange.from.name} gets ${reply.status} for its ${exchange.call.purpose}`);
  }

  /** True time passes, and every clock with it. Messages die of old age, and where it is crowded with a window. */
  async pass(ms: number): Promise<void> {
    const closing = this.#closing(ms);
    const old = this.handlings.some(({ exchange }) => this.now + ms - exchange.sentAt > patienceMs);
    if (ms > patienceMs / 3 || old || closing.size > 0) await this.finishAll();
    this.now += ms;
    for (const { clock } of this.servers) clock.advance(ms);
    for (const message of this.messages) {
      const { exchange } = message;
      const age = this.now - exchange.sentAt;
      const dies = closing.has(this.ledger.sessionOf(exchange.call.presented)) && exchange.call.purpose === "refresh";
      if (age > patienceMs) exchange.givenUp = true;
      if (age > windowMs || dies || (exchange.givenUp && message.reply)) this.lose(message);
    }
  }

  lose(message: Message): void {
    this.take(message);
    const what = message.reply ? "reply" : "request";
    if (message.reply) this.tally.lostReplies += 1;
    else this.tally.lostRequests += 1;
    this.note(`the ${what} to a ${message.exchange.call.purpose} of ${message.exchange.from.name} is lost`);
  }

  /** Every server's clock is set, while no true time passes. What is under way where it is crowded does not outlive that. */
  async setClocks(ms: number): Promise<void> {
    if (this.conditions.crowded) {
      await this.finishAll();
      for (const message of [...this.messages]) this.lose(message);
    }
    for (const { clock } of this.servers) clock.advance(ms);
    if (ms < 0) {
      this.wasSetBack = true;
      for (const theft of this.thefts) theft.clockSetBack(-ms);
    }
    this.note(`the servers' clocks jump by ${Math.round(ms / 1000)} s`);
  }

  /** A thief copies all that a holder keeps. */
  steal(from: Holder): Theft | undefined {
    const session = this.ledger.sessionOf(from.read(this.now));
    if (!session || session.endedAt !== undefined) return undefined;
    const theft = new Theft(session, from.stolen(), this.ledger.tokens.size, widestSkewMs(this.conditions));
    session.stolen = true;
    this.thefts.push(theft);
    this.tally.thefts += 1;
    this.note(`somebody copies what ${from.name} keeps: session ${session.name}`);
    return theft;
  }

  async #settle(handling: Handling): Promise<void> {
    this.#current = undefined;
    if (handling.turn.gate !== undefined) {
      this.handlings.push(handling);
      return;
    }
    const reply = await handling.turn.result;
    const { exchange, server } = handling;
    this.note(`${server.name} answers ${reply.status} to the ${exchange.call.purpose} of ${exchange.from.name}`);
    await judgeResponse(this, handling, reply);
    if (!exchange.givenUp) this.messages.push({ exchange, reply });
  }

  #presented({ from, call: { purpose, presented } }: Exchange, first: boolean): void {
    const session = this.ledger.sessionOf(presented);
    if (!session || purpose !== "refresh") return;
    if (!from.isThief) session.lastHonestAt = this.now;
    for (const theft of this.thefts) {
      if (theft.session === session) theft.spoke(from.isThief ? "thief" : "victim", this.now);
    }
    if (first && this.outage) this.tally.outages += 1;
  }

  /** The sessions whose repeat window is open now and will not be after so many milliseconds, where that matters. */
  #closing(ms: number): ReadonlySet<KnownSession | undefined> {
    if (!this.conditions.crowded) return new Set();
    const age = ({ row }: KnownSession) => (this.servers[0]?.clock.now() ?? 0) - row.rotatedAt;
    return new Set(
      [...this.ledger.sessions.values()].filter((one) => age(one) <= windowMs && age(one) + ms > windowMs),
    );
  }

  #clockText(): string {
    return `+${((this.now - testStart) / 1000).toFixed(1)}s`;
  }
}

const notBegun: Turn<Reply> = { gate: undefined, result: new Promise(() => {}) };

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aWorldState, type Message, RefreshWorld, type WorldState } from "../../../test/refresh-model.ts";
import { hashSecret } from "../domain/secrets.ts";
import { formatRefreshToken, parseRefreshToken } from "../tokens/refresh-token.ts";

const second = 1000;
const window = 30 * second;
const day = 86_400 * second;

/** What may happen next. Numbers are folded into what there is, so that every script means something. */
type Step =
  | { do: "send"; jar: number }
  | { do: "deliver" | "lose" | "duplicate"; message: number }
  | { do: "deliver together" }
  | { do: "deliver to older"; message: number }
  | { do: "add credential" }
  | { do: "crash"; message: number; moment: "before" | "after" }
  | { do: "wait"; milliseconds: number }
  | { do: "stranger"; generation: number };

const message = fc.nat(7);
const waits = fc.constantFrom(1, second, 10 * second, window - 1, window, window + 1, 900 * second, 3600 * second, day);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), jar: fc.nat(1) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver" as const), message }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("lose" as const, "duplicate" as const), message }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deliver together" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deliver to older" as const), message }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("add credential" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      message,
      moment: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), milliseconds: waits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stranger" as const), generation: fc.nat(0xffff_ffff) }) },
);
const script = fc.array(anyStep, { minLength: 5, maxLength: 40, size: "max" });

/** Between two turns of the store, so many others may have theirs: the interleavings inside the server. */
const turns = fc.infiniteStream(fc.nat(3));

function pauseFor(stream: Stream): () => Promise<void> {
  return async () => {
    const count: number = stream.next().value;
    for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
  };
}
type Stream = typeof turns extends fc.Arbitrary<infer S extends { next(): { value: number } }> ? S : never;

async function take(world: RefreshWorld, step: Step): Promise<void> {
  const at = "message" in step ? step.message % Math.max(1, world.inFlight.length) : 0;
  if (step.do === "send") world.send(step.jar % world.jars.length);
  if (step.do === "deliver") await world.deliver(at);
  if (step.do === "lose") world.lose(at);
  if (step.do === "duplicate") world.duplicate(at);
  if (step.do === "deliver together") await world.deliverTogether();
  if (step.do === "deliver to older") await deliverToOlder(world, at);
  if (step.do === "add credential") world.addCredential();
  if (step.do === "crash") await world.crash(at, step.moment);
  if (step.do === "wait") await world.delay(step.milliseconds);
  if (step.do === "stranger") await tryAsStranger(world, step.generation);
}

/** A server that does not know a kind of the account puts every refresh off. A reuse ends the session there too. */
async function deliverToOlder(world: RefreshWorld, message: number): Promise<void> {
  const { revokedAt: _at, revokedReason: _reason, ...before } = await world.session();
  const count = world.answers.length;
  await world.deliverToOlder(message);
  if (!world.hasSecondFactor) return;
  expect(await world.session()).toMatchObject(before);
  for (const { outcome } of world.answers.slice(count)) expect(outcome).not.toBe("ok");
}

/** The rejections that count: what a server put off, a client sends again. */
function rejectionsIn({ answers }: RefreshWorld) {
  return answers.filter(
    ({ outcome, byOlder }) => outcome !== "ok" && !(byOlder && outcome === "temporarily_unavailable"),
  );
}

/** Days add up; an honest client's tale must stay within the 14 idle days. */
function withinIdleTime(steps: readonly Step[]): Step[] {
  let waited = 0;
  return steps.filter((step) => {
    if (step.do === "wait") waited += step.milliseconds;
    return step.do !== "wait" || waited < 12 * day;
  });
}

/** S7: whoever knows the session's id, and nothing else, changes nothing. */
async function tryAsStranger(world: RefreshWorld, generation: number): Promise<void> {
  const before = await world.session();
  const nothing = { familySecret: new Uint8Array(16), secret: new Uint8Array(32) };
  const refreshToken = formatRefreshToken({ sessionId: before.id, generation, ...nothing });
  await expect(world.auth.refresh({ refreshToken, delivery: "body" })).rejects.toMatchObject({
    reason: "refresh_token_invalid",
  });
  await world.auth.logout({ refreshToken, accessToken: undefined });
  expect(await world.session()).toEqual(before);
}

/** S1, S2 and S3, after each step. */
async function checkSafety(world: RefreshWorld, before: Moment): Promise<void> {
  const now = await world.session();
  expect(now.generation).toBe(before.generation + world.rotations - before.rotations);
  const acceptable = await world.acceptable();
  expect(acceptable.length).toBeLessThanOrEqual(1);
  if (before.revokedAt === null) return;
  expect(now).toMatchObject({ generation: before.generation, revokedAt: before.revokedAt });
  expect(acceptable).toEqual([]);
}

interface Moment {
  generation: number;
  revokedAt: number | null;
  rotations: number;
}

async function momentOf(world: RefreshWorld): Promise<Moment> {
  const { generation, revokedAt } = await world.session();
  return { generation, revokedAt, rotations: world.rotations };
}

async function play(world: RefreshWorld, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const before = await momentOf(world);
    await take(world, step);
    await checkSafety(world, before);
  }
}

/** Everything that was lost is over; the tab that is left tries with a network that works. */
async function tryInPeace(world: RefreshWorld, jar = 0): Promise<string | undefined> {
  await world.delay(window + 1);
  await world.delay(window + 1);
  world.send(jar);
  await world.deliver(0);
  await world.deliver(0);
  return world.answers.at(-1)?.outcome;
}

describe("an honest client, however bad the network and the server are,", () => {
  it("is never rejected before its session runs out, and the session stays one (L1, S1, S2, S7)", async () => {
    await fc.assert(
      fc.asyncProperty(script, turns, async (steps, stream) => {
        const world = await new RefreshWorld(aWorldState(), { pause: pauseFor(stream) }).open();
        await play(world, withinIdleTime(steps));
        expect(await tryInPeace(world)).toBe("ok");
        expect(rejectionsIn(world)).toEqual([]);
        expect((await world.session()).revokedAt).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});

/** A turn of thief or victim: who presents, whether the answer is lost, and how long before that nothing happened. */
interface Turn {
  who: 0 | 1;
  lost: boolean;
  pause: number;
}

const anyTurn: fc.Arbitrary<Turn> = fc.record({
  who: fc.constantFrom(0 as const, 1 as const),
  lost: fc.boolean(),
  pause: fc.constantFrom(window + 1, window + second, 900 * second, 3600 * second),
});

describe("a thief who copied the jar once", () => {
  const victim = 0;
  const thief = 1;

  /** The first turns are the victim's alone; then the jar is copied; then both go on, never within a window of each other. */
  async function steal(
    before: readonly Turn[],
    after: readonly Turn[],
  ): Promise<{ world: RefreshWorld; wentOn: Set<number> }> {
    const world = await new RefreshWorld(aWorldState()).open();
    for (const turn of before) await present(world, { ...turn, who: victim });
    const jar = world.jars[victim];
    if (!jar) throw new Error("The victim has no jar");
    world.jars.push({ ...jar });
    const forkedAt = world.issued.length;
    const wentOn = new Set<number>();
    for (const turn of after) {
      const presented = world.jars[turn.who]?.token ?? "";
      const outcome = await present(world, turn);
      // To go on is to get further with a token of one's own, given after the jar was copied.
      if (outcome === "ok" && world.issued.indexOf(presented) >= forkedAt) wentOn.add(turn.who);
    }
    return { world, wentOn };
  }

  async function present(world: RefreshWorld, { who, lost, pause }: Turn): Promise<string | undefined> {
    await world.delay(pause);
    world.send(who);
    await world.deliver(0);
    if (lost) world.lose(0);
    else await world.deliver(0);
    return world.answers.at(-1)?.outcome;
  }

  it("and the victim cannot both go on (S5), and whoever is rejected is rejected because the session is over (S6)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyTurn, { maxLength: 4 }),
        fc.array(anyTurn, { minLength: 1, maxLength: 12 }),
        async (before, after) => {
          const { world, wentOn } = await steal(before, after);
          expect(wentOn.size).toBeLessThanOrEqual(1);
          const { revokedAt, revokedReason } = await world.session();
          if (world.answers.some(({ outcome }) => outcome !== "ok")) {
            expect(revokedAt).not.toBeNull();
            expect(revokedReason).toBe("refresh_token_reused");
            expect(await world.acceptable()).toEqual([]);
            expect(await tryInPeace(world, thief)).toBe("refresh_token_reused");
            expect(await tryInPeace(world, victim)).toBe("refresh_token_reused");
          }
        },
      ),
      { numRuns: 800 },
    );
  });

  it("is found out once both have spoken after one of them went on (S5)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyTurn, { maxLength: 4 }), fc.boolean(), async (before, thiefFirst) => {
        const [first, second_] = thiefFirst ? ([thief, victim] as const) : ([victim, thief] as const);
        const turn = { lost: false, pause: 900 * second };
        const { world } = await steal(before, [
          { ...turn, who: first },
          { ...turn, who: first },
          { ...turn, who: second_ },
        ]);
        expect(world.answers.at(-1)?.outcome).toBe("refresh_token_reused");
        expect((await world.session()).revokedReason).toBe("refresh_token_reused");
      }),
      { numRuns: 150 },
    );
  });

  it("whatever the network does to both of them, leaves one acceptable token at most, and none after the end (S1, S3)", async () => {
    await fc.assert(
      fc.asyncProperty(script, script, turns, async (before, after, stream) => {
        const world = await new RefreshWorld(aWorldState(), { pause: pauseFor(stream) }).open();
        await play(world, before);
        const jar = world.jars[victim];
        if (jar) world.jars.push({ ...jar });
        await play(world, after);
      }),
      { numRuns: 250 },
    );
  });
});

describe("two tabs, every interleaving of sending, losing, doubling and delivering,", () => {
  /** What may happen in a state; each kind once for each message that differs. */
  function stepsOf(state: WorldState, versions: 1 | 2): Step[] {
    const messages = state.inFlight.map((_, at) => at).filter((at) => firstOfItsKind(state.inFlight, at));
    const space = state.inFlight.length < 3;
    return [
      ...(space ? [{ do: "send", jar: 0 } as const] : []),
      ...messages.flatMap((at): Step[] => {
        const isRequest = state.inFlight[at]?.kind === "request";
        return [
          { do: "deliver", message: at },
          { do: "lose", message: at },
          ...(space ? [{ do: "duplicate", message: at } as const] : []),
          ...(isRequest
            ? [
                { do: "crash", message: at, moment: "before" } as const,
                { do: "crash", message: at, moment: "after" } as const,
                ...(state.hasSecondFactor ? [{ do: "deliver to older", message: at } as const] : []),
              ]
            : []),
        ];
      }),
      ...(state.inFlight.length > 1 ? [{ do: "deliver together" } as const] : []),
      ...(versions === 1 || state.hasSecondFactor ? [] : [{ do: "add credential" } as const]),
      { do: "wait", milliseconds: 10 * second },
      { do: "wait", milliseconds: window + 1 },
    ];
  }

  function firstOfItsKind(messages: readonly Message[], at: number): boolean {
    const same = JSON.stringify(messages[at]);
    return messages.findIndex((other) => JSON.stringify(other) === same) === at;
  }

  /** What can be told apart in a state: who has which token, and how old things are. Not which random octets were drawn. */
  function nameOf({ session, jars, inFlight, issued, now, hasSecondFactor }: WorldState): string {
    const tokens = [...new Set(issued)];
    const byHash = tokens.map((text) =>
      Buffer.from(hashSecret(parseRefreshToken(text)?.secret ?? new Uint8Array())).toString("hex"),
    );
    const ofRow = [session.nextHash, session.lastUsedHash].map(
      (hash) => hash && byHash.indexOf(Buffer.from(hash).toString("hex")),
    );
    const last = Math.min(now - session.rotatedAt, 2 * window);
    const held = jars.map(({ token, answeredAt }) => [tokens.indexOf(token), Math.min(now - answeredAt, 2 * window)]);
    const under = inFlight.map((one) => [
      one.kind,
      tokens.indexOf(one.kind === "reply" ? one.token : one.presented),
      now - one.sentAt,
    ]);
    const messages = under.map((one) => one.join()).sort();
    return JSON.stringify([ofRow, last, session.revokedAt, held, messages, hasSecondFactor]);
  }

  async function playAll(depth: number, versions: 1 | 2): Promise<number> {
    let level: WorldState[] = [aWorldState()];
    const seen = new Set<string>();
    for (let step = 0; step < depth; step += 1) {
      const next: WorldState[] = [];
      for (const state of level) {
        for (const action of stepsOf(state, versions)) {
          const world = await new RefreshWorld(state).open();
          const before = await momentOf(world);
          await take(world, action);
          await checkSafety(world, before);
          expect(rejectionsIn(world)).toEqual([]);
          const reached = await world.state();
          const name = nameOf(reached);
          if (seen.has(name)) continue;
          seen.add(name);
          next.push(reached);
        }
      }
      level = next;
    }
    for (const state of level) expect(await tryInPeace(await new RefreshWorld(state).open())).toBe("ok");
    return seen.size;
  }

  /** Some thousand states: ten seconds of one core when it is alone. */
  const patience = { timeout: 60_000 };

  it(
    "end with the client logged in, one generation further at most for each window that closed (L1, S1, S2)",
    patience,
    async () => {
      expect(await playAll(8, 1)).toBeGreaterThan(1000);
    },
  );

  it(
    "and so they do when a second factor is added, and one of two servers does not know its kind (L1, S1, S2)",
    patience,
    async () => {
      expect(await playAll(6, 2)).toBeGreaterThan(500);
    },
  );
});

import { newId } from "../../core/domain/ids.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { createFakePasswordHasher } from "../fake-password-hasher.ts";
import { aNewUser, aSession, seededRandomBytes } from "../fixtures.ts";
import type { TestAppOptions } from "../test-app.ts";
import { carry, maySendRefresh } from "./client-steps.ts";
import { InvariantBroken, insist } from "./judge/invariant.ts";
import { checkNothingAtRest, checkRows } from "./judge/judge-rows.ts";
import { hour, windowMs } from "./model/conditions.ts";
import type { Holder } from "./model/holder.ts";
import { noTally, type Tally } from "./model/tally.ts";
import { takeStep } from "./steps.ts";
import { World } from "./world.ts";

export interface SimulatorOptions {
  /** A store for one history. It may hold the rows of other histories: no two of them share a name or an id. */
  openStore: (seed: number) => AuthStore;
  /** Other settings than production's, to see that a wrong one is found out. */
  settings?: TestAppOptions;
}

/** Plays one history for each seed from `first` on. Throws at the first invariant that breaks, with its seed. */
export async function runHistories(first: number, count: number, options: SimulatorOptions): Promise<Tally> {
  const total = noTally();
  for (let seed = first; seed < first + count; seed += 1) {
    const tally = await runHistory(seed, options);
    for (const key of Object.keys(total) as Array<keyof Tally>) total[key] += tally[key];
  }
  return total;
}

/**
 * Plays one history: some dozens of steps that chance picks, then peace, in which everybody has to get on who may.
 *
 * @throws {Error} that names the invariant, the seed and the step, and tells the history, without a token in it
 */
export async function runHistory(seed: number, { openStore, settings }: SimulatorOptions): Promise<Tally> {
  const world = new World({ seed, store: openStore(seed), ...(settings ? { settings } : {}) });
  try {
    await addUsers(world, seed);
    for (; world.ledger.step < world.conditions.steps; world.ledger.step += 1) {
      await takeStep(world);
      await checkRows(world);
    }
    await makePeace(world);
    await checkNothingAtRest(world);
  } catch (error) {
    throw error instanceof InvariantBroken ? describeBroken(error, world, seed) : error;
  }
  world.tally.steps = world.ledger.step;
  for (const { events } of world.servers) {
    for (const event of events) {
      if (event.type !== "session_refreshed") continue;
      if (event.how === "repeated") world.tally.repeated += 1;
      if (event.how === "rearmed") world.tally.rearmed += 1;
    }
  }
  return world.tally;
}

function describeBroken(error: InvariantBroken, world: World, seed: number): Error {
  const { crowded, skewsMs } = world.conditions;
  const where = `${crowded ? "crowded" : "one exchange at a time"}, clocks ahead by ${skewsMs.join(", ")} ms`;
  return new Error(
    `${error.message}\nseed ${seed}, step ${world.ledger.step} (${where})\n${world.history.join("\n")}`,
    { cause: error },
  );
}

/** The accounts are there from the start, each with a session that no client holds. */
async function addUsers(world: World, seed: number): Promise<void> {
  const random = seededRandomBytes(`users of history ${seed}`);
  for (let at = 0; at < world.conditions.users; at += 1) {
    const id = newId(world.now, random);
    const username = `user${at + 1}-${seed}`;
    const password = `four quiet herons, ${at + 1}`;
    const passwordHash = await createFakePasswordHasher().hash(password);
    const user = aNewUser({ id, username, email: `${username}@example.com`, passwordHash });
    await world.store.createAccount({ user, session: aSession({ userId: id, id: newId(world.now, random) }) });
    world.ledger.users.push({
      id,
      username,
      password,
      credentialVersion: 1,
      hasSecondFactor: false,
      candidates: new Map(),
    });
  }
}

/** All trouble is over: each honest client whose session lives gets on, and a thief does not, once the victim has. */
async function makePeace(world: World): Promise<void> {
  world.note("peace");
  world.outage = false;
  await world.finishAll();
  for (const holder of world.holders) world.giveUp(holder);
  for (const message of [...world.messages]) world.lose(message);
  world.upgrade();
  // A clock that was set back holds a window open until it has caught up.
  await world.pass(6 * hour);
  for (const holder of world.holders) {
    for (let round = 0; round < 2; round += 1) await refreshInPeace(world, holder);
  }
  for (const { thief, session } of world.thefts) {
    const victims = world.holders.filter((one) => world.ledger.sessionOf(one.read(world.now)) === session);
    const { refreshToken } = thief.read(world.now);
    const held = refreshToken !== undefined && world.ledger.sessionOf({ refreshToken, accessToken: undefined });
    await world.pass(windowMs + 1);
    if (refreshToken !== undefined) {
      world.send(thief, "refresh");
      await carry(world, world.messages.at(-1));
    }
    await checkRows(world);
    const silent = victims.length > 0 && held === session && session.endedAt === undefined;
    insist(!silent, "S5", () => `a thief lives on in silence in session ${session.name}`);
  }
}

async function refreshInPeace(world: World, holder: Holder): Promise<void> {
  await world.pass(windowMs + 1);
  const session = world.ledger.sessionOf(holder.read(world.now));
  if (!session || !(await maySendRefresh(world, holder))) return;
  const before = world.tally.refreshes;
  await carry(world, world.messages.at(-1));
  const { endedAt, row, name } = session;
  const alive =
    endedAt === undefined &&
    world.servers.every(({ clock, idleMs }) => {
      return clock.now() < row.expiresAt && clock.now() < row.rotatedAt + idleMs;
    });
  insist(!alive || world.tally.refreshes > before, "L1", () => `${holder.name} cannot get on with session ${name}`);
}

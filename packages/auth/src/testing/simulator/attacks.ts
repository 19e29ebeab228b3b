import { formatRefreshToken } from "../../core/tokens/refresh-token.ts";
import { seededRandomBytes } from "../fixtures.ts";
import { carry, endsSessionsOf, sendCall } from "./client-steps.ts";
import { insist } from "./judge/invariant.ts";
import { makeCall, nothing } from "./model/holder.ts";
import { hex } from "./model/ledger.ts";
import type { World } from "./world.ts";

/** Once in a history, a thief copies what a client keeps. */
export function steal(world: World): void {
  if (!world.conditions.thief || world.thefts.length > 0) return;
  world.steal(world.random.pick(world.holders));
}

/** A thief keeps to no rule: speaks whenever it likes, and never waits. */
export async function thiefSpeaks(world: World): Promise<void> {
  const [theft] = world.thefts;
  if (!theft) return;
  const { thief } = theft;
  if (world.random.percent(5)) {
    endsSessionsOf(world, thief);
    world.send(thief, "logout");
  } else if (world.random.percent(20)) sendCall(world, thief);
  else if (thief.read(world.now).refreshToken !== undefined) {
    world.send(thief, "refresh");
    if (world.random.percent(70)) await carry(world, world.messages.at(-1));
  }
}

/** S7: an attacker who knows the id of a session and nothing else. */
export async function strangerTries(world: World): Promise<void> {
  const { random, ledger } = world;
  if (ledger.sessions.size === 0 || world.outage) return;
  const session = random.pick([...ledger.sessions.values()]);
  const draw = seededRandomBytes(random.below(1_000_000));
  const refreshToken = formatRefreshToken({
    sessionId: session.id,
    generation: random.pick([session.rotations, session.rotations + 1, 0]),
    familySecret: draw(16),
    secret: draw(32),
  });
  const purpose = random.pick(["refresh", "logout"] as const);
  const call = makeCall(purpose, { delivery: session.delivery, presented: { ...nothing, refreshToken } });
  const rowText = async () => {
    const found = await world.store.findStoredSession(session.id);
    return JSON.stringify(found, (_, value: unknown) => (value instanceof Uint8Array ? hex(value) : value));
  };
  const before = await rowText();
  const reply = await world.ask(call);
  world.note(`a stranger who knows the id of session ${session.name} sends ${purpose} and gets ${reply.status}`);
  insist((await rowText()) === before, "S7", () => `a stranger's ${purpose} changed session ${session.name}`);
  insist(
    reply.status === (purpose === "refresh" ? 401 : 200),
    "S7",
    () => `a stranger's ${purpose} got ${reply.status}`,
  );
}

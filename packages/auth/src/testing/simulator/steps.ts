import { steal, strangerTries, thiefSpeaks } from "./attacks.ts";
import {
  changePassword,
  collide,
  deliverAndFollow,
  exchangeInPeace,
  login,
  logout,
  refreshSoon,
  secondFactor,
  sendCall,
} from "./client-steps.ts";
import { day, hour, minute, second, windowMs } from "./model/conditions.ts";
import type { World } from "./world.ts";

/** Something that may happen next. Each does nothing when there is nothing to do it with. */
interface Step {
  weight: number;
  take(world: World): unknown;
}

const steps: readonly Step[] = [
  { weight: 30, take: refreshSoon },
  { weight: 4, take: (world) => sendCall(world, world.random.pick(world.holders)) },
  { weight: 22, take: arrive },
  { weight: 34, take: goOn },
  { weight: 18, take: deliver },
  { weight: 14, take: exchangeInPeace },
  { weight: 6, take: collide },
  { weight: 5, take: lose },
  { weight: 5, take: duplicate },
  { weight: 4, take: crash },
  { weight: 1, take: toggleOutage },
  { weight: 8, take: delay },
  { weight: 1, take: jump },
  { weight: 3, take: (world) => login(world) },
  { weight: 1, take: logout },
  { weight: 2, take: changePassword },
  { weight: 1, take: secondFactor },
  { weight: 3, take: steal },
  { weight: 6, take: thiefSpeaks },
  { weight: 1, take: strangerTries },
];

export async function takeStep(world: World): Promise<void> {
  await world.random.pickByWeight(steps).take(world);
  await world.pass(world.random.below(100));
}

function lose(world: World): void {
  if (world.messages.length > 0) world.lose(world.random.pick(world.messages));
}

async function arrive(world: World): Promise<void> {
  const requests = world.messages.filter(({ reply }) => !reply);
  if (requests.length > 0) await world.arrive(world.random.pick(requests), world.random.pick(world.servers));
}

async function goOn(world: World): Promise<void> {
  if (world.handlings.length > 0) await world.goOn(world.random.pick(world.handlings));
}

async function deliver(world: World): Promise<void> {
  const replies = world.messages.filter(({ reply }) => reply);
  if (replies.length > 0) await deliverAndFollow(world, world.random.pick(replies));
}

function duplicate(world: World): void {
  const requests = world.messages.filter(({ reply }) => !reply);
  if (!world.conditions.crowded || requests.length === 0) return;
  const message = world.random.pick(requests);
  world.messages.push({ ...message });
  world.note(`a proxy sends the ${message.exchange.call.purpose} of ${message.exchange.from.name} twice`);
}

/** Rather one that is at work: that is where it hurts. */
function crash(world: World): void {
  const busy = world.handlings.map(({ server }) => server);
  world.crash(world.random.pick(busy.length > 0 ? busy : world.servers));
}

function toggleOutage(world: World): void {
  world.outage = !world.outage;
  world.note(world.outage ? "the database cannot be reached" : "the database is back");
}

async function delay(world: World): Promise<void> {
  const waits = [second, 10 * second, windowMs - 1, windowMs, windowMs + 1, 2 * minute, 15 * minute, hour, day];
  await world.pass(world.random.percent(12) ? toBoundary(world) : world.random.pick(waits));
}

/** To the millisecond at which some session runs out, or the one before or after. */
function toBoundary({ ledger, servers, random }: World): number {
  const alive = [...ledger.sessions.values()].filter(({ endedAt }) => endedAt === undefined);
  const [server] = servers;
  if (alive.length === 0 || !server) return second;
  const { row } = random.pick(alive);
  const end = Math.min(row.expiresAt, row.rotatedAt + server.idleMs);
  return Math.max(1, end - server.clock.now() + random.below(3) - 1);
}

async function jump(world: World): Promise<void> {
  await world.setClocks(world.random.pick([hour, -hour, 90 * second, -90 * second]));
}

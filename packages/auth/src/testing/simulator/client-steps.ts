import { newId } from "../../core/domain/ids.ts";
import { createFakePasswordHasher } from "../fake-password-hasher.ts";
import { seededRandomBytes } from "../fixtures.ts";
import { addTestCredential } from "../test-credential.ts";
import { hour, minute, windowMs } from "./model/conditions.ts";
import type { Handling, Message } from "./model/exchange.ts";
import { type Holder, rejectionIn } from "./model/holder.ts";
import { rightResponse, simulatedKind } from "./model/second-factor.ts";
import type { World } from "./world.ts";

/**
 * An honest client asks for new tokens, when it has some, and when the last did not come within the window (assumption
 * A2). Where a lock sees to one exchange at a time, not while it waits for another.
 */
export async function maySendRefresh(world: World, holder: Holder): Promise<boolean> {
  if (holder.read(world.now).refreshToken === undefined) return false;
  if (world.now - holder.answeredAt <= windowMs) return false;
  if (world.isWaiting(holder, ["login", "complete login"])) return false;
  if (!world.conditions.crowded) {
    if (world.isWaiting(holder, ["refresh"])) return false;
    await leaveBehind(world, holder);
  }
  world.send(holder, "refresh");
  return true;
}

/** What this holder no longer waits for comes to its end, at a server or on the way, before it asks again. */
async function leaveBehind(world: World, holder: Holder): Promise<void> {
  world.giveUp(holder);
  for (const handling of [...world.handlings]) {
    if (handling.exchange.from === holder) await world.finish(handling);
  }
}

/** Most clients that keep a login ask for new tokens a quarter of an hour after the last, if they are awake. */
export async function refreshSoon(world: World): Promise<void> {
  const { random } = world;
  const holder = random.pick(world.holders);
  if (holder.read(world.now).refreshToken === undefined) return login(world, holder);
  const busy = world.messages.length + world.handlings.length > 0;
  const sent = await maySendRefresh(world, holder);
  if (sent || busy) return;
  await world.pass(random.pick([windowMs + 1, 2 * minute, 15 * minute]));
  await maySendRefresh(world, holder);
}

export function sendCall(world: World, holder: Holder): void {
  if (holder.read(world.now).accessToken !== undefined) world.send(holder, "call");
}

/** A user adds a second factor: their sessions go on, and what was proven before begins none. */
export async function secondFactor(world: World): Promise<void> {
  const { conditions, ledger, random, store, tally } = world;
  const user = random.pick(ledger.users);
  if (!conditions.hasSecondFactors || user.hasSecondFactor) return;
  const id = newId(0, seededRandomBytes(`second factor of ${user.id}`));
  await addTestCredential(store, { userId: user.id, kind: simulatedKind, data: "nothing secret", id });
  ledger.secondFactorAdded(user);
  tally.secondFactors += 1;
  world.note(`${user.username} adds a second factor`);
}

/** The answer to a login that waits for the second factor: the same page or program goes on. */
async function completeLogin(world: World, holder: Holder): Promise<void> {
  if (holder.read(world.now).challenge === undefined || world.isWaiting(holder, ["complete login"])) return;
  await leaveBehind(world, holder);
  if (holder.delivery === "cookie") endsSessionsOf(world, holder);
  world.send(holder, "complete login", { method: simulatedKind.kind, response: rightResponse });
  if (world.random.percent(65)) await carry(world, world.messages.at(-1));
}

/** A call that was refused because its token has run out makes a client ask for a new one, at once. */
export async function deliverAndFollow(world: World, message: Message): Promise<void> {
  const { exchange, reply } = message;
  world.deliver(message);
  const stale = exchange.call.purpose === "call" && reply && rejectionIn(reply) === "access_token_expired";
  if (stale && !exchange.from.isThief) await maySendRefresh(world, exchange.from);
  if (exchange.call.purpose === "login" && !exchange.from.isThief) await completeLogin(world, exchange.from);
}

/** From the question to the answer, without anything in between. */
export async function exchangeInPeace(world: World): Promise<void> {
  const holder = world.random.pick(world.holders);
  if (holder.read(world.now).refreshToken === undefined) return login(world, holder);
  if (world.random.percent(50)) await world.pass(world.random.pick([windowMs + 1, 15 * minute, 3 * hour]));
  if (await maySendRefresh(world, holder)) await carry(world, world.messages.at(-1));
}

/** Carries a request to a server and its answer back. */
export async function carry(world: World, message: Message | undefined): Promise<void> {
  if (!message) return;
  await world.finish(await world.arrive(message, world.random.pick(world.servers)));
  const answer = world.messages.find(({ exchange, reply }) => exchange === message.exchange && reply);
  if (answer) world.deliver(answer);
}

/** A page is left for the form, and what it had asked for is left with it. */
async function sendLogin(world: World, holder: Holder): Promise<Message | undefined> {
  const { random, ledger } = world;
  const user = ledger.users[random.percent(90) ? holder.user : random.below(ledger.users.length)];
  if (!user || world.isWaiting(holder, ["login", "complete login"])) return undefined;
  await leaveBehind(world, holder);
  // A browser's login carries the jar along, and ends the session that it replaces.
  if (holder.delivery === "cookie") endsSessionsOf(world, holder);
  const { username: identifier, password } = user;
  world.send(holder, "login", { identifier, password, delivery: holder.delivery });
  return world.messages.at(-1);
}

/** Mostly nothing comes in between. */
export async function login(world: World, holder: Holder = world.random.pick(world.holders)): Promise<void> {
  const message = await sendLogin(world, holder);
  if (world.random.percent(65)) await carry(world, message);
  if (message?.exchange.answered) await completeLogin(world, holder);
}

export function logout(world: World): void {
  const holder = world.random.pick(world.holders);
  endsSessionsOf(world, holder);
  if (holder.read(world.now).refreshToken !== undefined) world.send(holder, "logout");
}

/** A client that presents a token may end what it belongs to, also when no answer ever comes. */
export function endsSessionsOf(world: World, holder: Holder): void {
  for (const session of world.ledger.sessionsOf(holder.read(world.now))) session.causes.add("logout");
}

export async function changePassword(world: World): Promise<void> {
  const holder = world.random.pick(world.holders);
  const session = world.ledger.sessionOf({ ...holder.read(world.now), refreshToken: undefined });
  const user = world.ledger.users.find(({ id }) => id === session?.userId);
  if (!session || !user) return;
  const newPassword = `correct horse, step ${world.ledger.step}`;
  user.candidates.set(await createFakePasswordHasher().hash(newPassword), newPassword);
  world.send(holder, "change password", { currentPassword: user.password, newPassword });
}

/** Two requests reach the servers at the same time, and take turns there to the end. */
export async function collide(world: World): Promise<void> {
  const { random, servers } = world;
  const before = new Set(world.messages);
  const logIn = () => sendLogin(world, random.pick(world.holders));
  await random.pick([refreshSoon, refreshSoon, refreshSoon, changePassword])(world);
  await random.pick([logout, logout, changePassword, refreshSoon, logIn, logIn])(world);
  const begun: Handling[] = [];
  for (const message of world.messages.filter((one) => !one.reply && !before.has(one))) {
    begun.push(await world.arrive(message, random.pick(servers)));
  }
  for (;;) {
    const busy = begun.filter((handling) => world.handlings.includes(handling));
    if (busy.length === 0) return;
    await world.goOn(random.pick(busy));
  }
}

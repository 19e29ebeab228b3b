import { refreshAttempts } from "../../../core/domain/settings.ts";
import { terminalReasons } from "../../../core/domain/terminal-reasons.ts";
import type { Reply } from "../../test-app.ts";
import type { Handling } from "../model/exchange.ts";
import { beginnings, type Presented, rejectionIn, tokensIn } from "../model/holder.ts";
import type { KnownSession } from "../model/ledger.ts";
import { insist } from "./invariant.ts";
import { checkRows } from "./judge-rows.ts";
import type { JudgedWorld } from "./judged-world.ts";

const terminal: ReadonlySet<string> = new Set(terminalReasons);

/** Judges an answer at the moment at which a server gives it, whether or not it ever arrives. */
export async function judgeResponse(world: JudgedWorld, handling: Handling, reply: Reply): Promise<void> {
  await checkRows(world);
  const { purpose } = handling.exchange.call;
  insist(reply.status !== 500, "unexpected", () => `a ${purpose} was answered with 500`);
  const reason = rejectionIn(reply);
  const over = reason !== undefined && terminal.has(reason);
  insist(reply.status === 200 || reply.setCookies.length === 0, "cookies", () => `${reason} changed cookies`);
  if (reply.status === 503 && !handling.server.knowsSecondFactor) world.tally.putOff += 1;
  if (purpose === "refresh") {
    insist(handling.reads <= refreshAttempts, "L2", () => `a refresh read ${handling.reads} times`);
  }
  if (reply.status === 200) judgeSuccess(world, handling, reply);
  else if (over) judgeRejection(world, handling, reason);
}

function judgeSuccess(world: JudgedWorld, handling: Handling, reply: Reply): void {
  const { ledger } = world;
  const { from, call } = handling.exchange;
  if (call.purpose === "logout") {
    for (const session of ledger.sessionsOf(call.presented)) session.endedAt ??= ledger.step;
  }
  if (beginnings.has(call.purpose)) {
    const session = sessionIn(world, reply);
    if (session) ledger.handedOut(tokensIn(reply), session);
    if (session && call.purpose === "complete login") world.tally.completedLogins += 1;
    return;
  }
  if (call.purpose === "logout") return;
  const presented = call.purpose === "refresh" ? refreshOnly(call.presented) : accessOnly(call.presented);
  const session = ledger.sessionOf(presented);
  insist(session !== undefined, "S7", () => `a ${call.purpose} was accepted that carried no token of ours`);
  insist(!handling.over.has(session), "S3", () => `${from.name} got on with session ${session.name}, which is over`);
  const revived = handling.ranOut.has(session) && !world.wasSetBack;
  insist(!revived, "S3", () => `session ${session.name} was accepted after it had idled out`);
  judgeTime(handling.earliest, session, ledger.tokens.get(presented.accessToken ?? "")?.expiresAt);
  if (call.purpose === "change password") {
    ledger.handedOut(tokensIn(reply), session);
    return;
  }
  insist(ownerOf(reply) === `${session.id} ${session.userId}`, "owner", () => `asked for session ${session.name}`);
  if (call.purpose === "refresh") judgeTokens(world, handling, reply, session);
  judgeVersion(world, handling, session);
}

/** A server that does not know the kind of a second factor never ignores it (S8). */
function judgeVersion(
  { ledger }: JudgedWorld,
  { exchange, server, withSecondFactor }: Handling,
  session: KnownSession,
): void {
  if (exchange.call.purpose !== "refresh" || server.knowsSecondFactor) return;
  const user = ledger.users.find(({ id }) => id === session.userId);
  const isIgnored = user !== undefined && withSecondFactor.has(user);
  insist(
    !isIgnored,
    "S8",
    () => `${server.name} refreshed session ${session.name} of an account that it does not understand`,
  );
}

/** The ends of tokens and sessions, by the clock of the server that answered. */
function judgeTime(now: number, session: KnownSession, expiresAt: number | undefined): void {
  insist(now < session.row.expiresAt, "S3", () => `session ${session.name} was accepted after its absolute end`);
  if (expiresAt === undefined) return;
  insist(now < expiresAt * 1000, "S3", () => `an access token of session ${session.name} was accepted after its end`);
}

function judgeTokens(world: JudgedWorld, { exchange }: Handling, reply: Reply, session: KnownSession): void {
  const { ledger, tally } = world;
  const presented = exchange.call.presented.refreshToken ?? "";
  const order = ledger.tokens.get(presented)?.order ?? 0;
  tally.refreshes += 1;
  ledger.handedOut(tokensIn(reply), session);
  if (ledger.wrong) throw ledger.wrong;
  for (const theft of world.thefts) {
    if (theft.session !== session || order < theft.order) continue;
    theft.wentOn.add(exchange.from.isThief ? "thief" : "victim");
    const both = theft.wentOn.size === 2 && !theft.together;
    insist(!both, "S5", () => `both went on with session ${session.name}, and never spoke within a window`);
  }
}

/** A refusal that ends a login on the client's side. */
function judgeRejection(world: JudgedWorld, { exchange, server, latest: now }: Handling, reason: string): void {
  const { from, call } = exchange;
  const presented = call.purpose === "refresh" ? refreshOnly(call.presented) : accessOnly(call.presented);
  const session = world.ledger.sessionOf(presented);
  if (!session) return;
  const { row } = session;
  const ranOut = now >= row.expiresAt || now >= row.rotatedAt + server.idleMs;
  const ended = row.revokedAt !== null || ranOut;
  if (reason === "refresh_token_reused" && row.revokedReason === "refresh_token_reused")
    world.tally.detectedThefts += 1;
  const rejected = () => `${from.name} was refused (${reason}), and session ${session.name} lives on`;
  insist(ended, session.stolen ? "S6" : "L1", rejected);
  insist(reason !== "session_expired" || ranOut, "L1", () => `session ${session.name} has not run out`);
  const reuse = reason === "refresh_token_reused" || reason === "refresh_token_invalid";
  insist(session.stolen || !reuse, "L1", () => `${from.name} was logged out of session ${session.name}: ${reason}`);
}

function refreshOnly({ refreshToken }: Presented): Presented {
  return { refreshToken, accessToken: undefined };
}

function accessOnly({ accessToken }: Presented): Presented {
  return { refreshToken: undefined, accessToken };
}

function sessionIn({ ledger }: JudgedWorld, { body }: Reply): KnownSession | undefined {
  const { session } = body.result.data as { session?: { id: string } };
  return session && ledger.sessions.get(session.id);
}

function ownerOf({ body }: Reply): string {
  const { user, session } = body.result.data as { user?: { id: string }; session?: { id: string } };
  return `${session?.id} ${user?.id}`;
}

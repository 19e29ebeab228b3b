import "server-only";
import { type Auth, AuthError, parseRefreshToken, type RefreshToken } from "@watchword/auth/core";
import type { TokenCookies } from "@watchword/auth/trpc";
import { shortName } from "./dev-event.ts";
import type { PanelState, Switch, WatchedSession } from "./panel-state.ts";
import { type DevtoolsRecord, note, trackOf } from "./record.ts";
import { tabOf } from "./watch.ts";

/** Enough for a race and what led to it; the record itself keeps more. */
const mostShown = 60;

interface Rules {
  auth: Auth;
  tokenCookies: TokenCookies;
}

/** What the panel of this browser shows. Changes nothing: a read that refreshed would show only itself. */
export async function readPanelState(record: DevtoolsRecord, rules: Rules, request: Headers): Promise<PanelState> {
  const held = heldToken(rules, request);
  return {
    session: held ? await watched(record, rules, { held, request }) : null,
    events: record.events.toReversed().slice(0, mostShown),
  };
}

/**
 * Interferes with the session whose cookies the request carries.
 *
 * @throws {AuthError} `refresh_token_missing` when there is no session, or no token to replay
 */
export async function throwSwitch(
  record: DevtoolsRecord,
  rules: Rules,
  { request, what }: { request: Headers; what: Switch },
): Promise<void> {
  const held = heldToken(rules, request);
  if (!held) throw new AuthError("refresh_token_missing");
  const track = trackOf(record, held.sessionId);
  if (what === "lose_next_reply") {
    track.losesNextReply = !track.losesNextReply;
  } else if (what === "expire_access") {
    const at = rules.auth.now();
    track.expiredUntil = at;
    track.accessEndsAt = at;
    const { sessionId, generation } = held;
    const by = tabOf(request);
    const unknown = { delivery: null, tookMs: null, why: null };
    note(record, { at, kind: "expired", session: shortName(sessionId), generation, by, ...unknown });
  } else {
    await replay(record, rules, track.spent[what === "replay_last" ? 0 : 1]);
  }
}

/** Acts as the holder of a copy: the response is dropped, and the record keeps its outcome. */
async function replay(
  { scene }: DevtoolsRecord,
  { auth }: Rules,
  spent: Parameters<Rules["auth"]["refresh"]>[0] | undefined,
): Promise<void> {
  if (!spent) throw new AuthError("refresh_token_missing");
  await scene
    .run({ by: "copy", events: [] }, () => auth.refresh(spent))
    .catch((error: unknown) => {
      if (!(error instanceof AuthError)) throw error;
    });
}

async function watched(
  record: DevtoolsRecord,
  { auth, tokenCookies }: Rules,
  { held, request }: { held: RefreshToken; request: Headers },
): Promise<WatchedSession> {
  let ended: string | null = null;
  try {
    await auth.verify(tokenCookies.accessToken(request) ?? "");
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    if (error.terminal) ended = error.reason;
  }
  const { accessEndsAt, sessionEndsAt, losesNextReply, spent } = trackOf(record, held.sessionId);
  const { accessTokenTtlSeconds, refreshIdleSeconds, refreshTokenTtlSeconds } = auth.settings;
  const left = (endsAt: number) => Math.max(0, Math.floor((endsAt - auth.now()) / 1000));
  return {
    name: shortName(held.sessionId),
    generation: held.generation,
    access: { left: ended ? 0 : left(accessEndsAt), whole: accessTokenTtlSeconds },
    refresh: { left: ended ? 0 : left(sessionEndsAt), whole: Math.min(refreshIdleSeconds, refreshTokenTtlSeconds) },
    ended,
    losing: losesNextReply,
    replayable: spent.length,
  };
}

function heldToken({ tokenCookies }: Rules, request: Headers): RefreshToken | undefined {
  try {
    return parseRefreshToken(tokenCookies.refreshCookie(request) ?? "");
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

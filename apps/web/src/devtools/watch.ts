import "server-only";
import { type Auth, AuthError, type IssuedTokens, type Principal, parseRefreshToken } from "@watchword/auth/core";
import type { RequestHandler, Watch } from "./absent.ts";
import { type DevEventKind, shortName, tabHeader } from "./dev-event.ts";
import { type DevtoolsRecord, devtoolsRecord, note, type Scene, trackOf } from "./record.ts";

/** Watches the rules at work, and lets the switches interfere with them: in development, and nowhere else. */
export function createWatch(record: DevtoolsRecord, now: () => number = Date.now): Watch {
  return {
    auth: (auth) => ({
      ...auth,
      register: async (input) => begun(record, auth, await auth.register(input)),
      login: async (input) => {
        const result = await auth.login(input);
        if (result.status === "complete") begun(record, auth, result);
        return result;
      },
      completeLogin: async (input) => begun(record, auth, await auth.completeLogin(input)),
      refresh: watchRefresh(record, auth),
      verify: watchVerify(record, auth),
    }),

    wrapHandler: (handle): RequestHandler => {
      return (request, source) => {
        return record.scene.run({ by: tabOf(request.headers), events: [] }, () => handle(request, source));
      };
    },

    onEvent: (event) => {
      record.scene.getStore()?.events.push(event);
      if (event.type !== "logged_out" && event.type !== "password_changed") return;
      const session = event.type === "logged_out" ? shortName(event.sessionId) : null;
      note(record, { ...blank(record), at: now(), kind: event.type, session });
    },
  };
}

export const watch = createWatch(devtoolsRecord());

/** Who sent a request: the tab that it names, or a program. */
export function tabOf(request: Headers): string {
  const tab = request.get(tabHeader) ?? "";
  return /^[0-9a-z]{3}(?:\/\d)?$/.test(tab) ? tab : "program";
}

function begun(record: DevtoolsRecord, auth: Auth, issued: IssuedTokens): IssuedTokens {
  keepLife(record, auth, issued);
  const { session } = issued;
  note(record, {
    ...blank(record),
    at: auth.now(),
    kind: "issued",
    session: shortName(session.id),
    generation: session.generation,
    delivery: session.delivery,
  });
  return issued;
}

function watchRefresh(record: DevtoolsRecord, auth: Auth): Auth["refresh"] {
  return async (input) => {
    const scene: Scene = { by: record.scene.getStore()?.by ?? "page", events: [] };
    const start = performance.now();
    const presented = parseRefreshToken(input.refreshToken);
    const noteOutcome = (kind: DevEventKind, generation: number | null, why: string | null = null) =>
      note(record, {
        at: auth.now(),
        kind,
        session: presented ? shortName(presented.sessionId) : null,
        generation,
        by: scene.by,
        delivery: input.delivery,
        tookMs: performance.now() - start,
        why,
      });
    try {
      const issued = await record.scene.run(scene, () => auth.refresh(input));
      const how = howOf(scene);
      const track = keepLife(record, auth, issued);
      if (how === "rotated") track.spent = [input, ...track.spent].slice(0, 2);
      noteOutcome(how, issued.session.generation);
      if (!track.losesNextReply || scene.by === "copy") return issued;
      track.losesNextReply = false;
      noteOutcome("lost", issued.session.generation);
    } catch (error) {
      const why = error instanceof AuthError ? error.reason : "internal_error";
      // Later calls get the same reason; this one ended the session only if its own event says so.
      const hasEndedIt = scene.events.some((event) => event.type === "refresh_token_reused");
      noteOutcome(hasEndedIt ? "reused" : "refused", presented?.generation ?? null, why);
      throw error;
    }
    // Done, and the response is lost: what a client makes of this is what it makes of a connection that breaks.
    throw new AuthError("temporarily_unavailable");
  };
}

function watchVerify(record: DevtoolsRecord, auth: Auth): Auth["verify"] {
  return async (accessToken) => {
    const principal = await auth.verify(accessToken);
    const track = trackOf(record, principal.session.id);
    if (madeAt(accessToken) <= track.expiredUntil) {
      track.sessionEndsAt = auth.now() + principal.refreshExpiresIn * 1000;
      throw new AuthError("access_token_expired");
    }
    keepLife(record, auth, principal);
    return principal;
  };
}

function keepLife(
  record: DevtoolsRecord,
  auth: Auth,
  { session, expiresIn, refreshExpiresIn }: IssuedTokens | Principal,
) {
  const track = trackOf(record, session.id);
  track.accessEndsAt = auth.now() + expiresIn * 1000;
  track.sessionEndsAt = auth.now() + refreshExpiresIn * 1000;
  return track;
}

function howOf({ events }: Scene): "rotated" | "repeated" | "rearmed" {
  const refreshed = events.find((event) => event.type === "session_refreshed");
  return refreshed?.type === "session_refreshed" ? refreshed.how : "rotated";
}

/** When a token was made, to the millisecond: its `jti` is a UUID of version 7. The token has been verified before. */
function madeAt(accessToken: string): number {
  const claims: unknown = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8"));
  const jti = typeof claims === "object" && claims !== null && "jti" in claims ? String(claims.jti) : "";
  return Number.parseInt(jti.replaceAll("-", "").slice(0, 12), 16);
}

function blank(record: DevtoolsRecord) {
  const by = record.scene.getStore()?.by ?? "page";
  return { by, generation: null, delivery: null, tookMs: null, why: null };
}

import { AuthError, type IssuedTokens } from "@watchword/auth/core";
import { createTestAuth, fromBrowser, registerAda } from "@watchword/auth/testing";
import { createTokenCookies } from "@watchword/auth/trpc";
import { expect, it } from "vitest";
import { readPanelState, throwSwitch } from "./control.ts";
import { shortName, tabHeader } from "./dev-event.ts";
import type { Switch } from "./panel-state.ts";
import { createRecord, note, trackOf } from "./record.ts";
import { createWatch } from "./watch.ts";

const tokenCookies = createTokenCookies({ appUrl: "https://app.test" });

/** Ada's browser, at a server that is watched. */
async function watchedAda() {
  const record = createRecord();
  const watch = createWatch(record, () => test.clock.now());
  const test = createTestAuth({ onEvent: (event) => watch.onEvent(event) });
  const auth = watch.auth(test.auth);
  const first = await registerAda(auth, fromBrowser);
  test.clock.advance(1);
  const rules = { auth, tokenCookies };
  return {
    ...test,
    auth,
    record,
    watch,
    first,
    refresh: ({ refreshToken }: IssuedTokens) => auth.refresh({ refreshToken, delivery: "cookie" }),
    throwSwitch: (what: Switch, held: IssuedTokens = first) =>
      throwSwitch(record, rules, { request: cookiesOf(held), what }),
    panel: (held: IssuedTokens = first) => readPanelState(record, rules, cookiesOf(held)),
    kinds: () => record.events.map(({ kind, by }) => `${kind} by ${by}`),
  };
}

function cookiesOf({ accessToken, refreshToken }: IssuedTokens): Headers {
  const cookie = `__Host-watchword.access=${accessToken}; __Host-watchword.refresh=${refreshToken}`;
  return new Headers({ cookie, [tabHeader]: "a3f" });
}

const reason = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (error: unknown) => (error instanceof AuthError ? error.reason : error),
  );

it("the record holds what happened and to which session, and no token, name or address", async () => {
  const { first, refresh, record, auth } = await watchedAda();
  const second = await refresh(first);
  await auth.logout({ refreshToken: second.refreshToken, accessToken: undefined });
  expect(record.events).toMatchObject([
    { seq: 1, kind: "issued", session: shortName(first.session.id), generation: 0, delivery: "cookie" },
    { seq: 2, kind: "rotated", generation: 1, delivery: "cookie", tookMs: expect.any(Number) },
    { seq: 3, kind: "logged_out", session: shortName(first.session.id) },
  ]);
  const written = JSON.stringify(record.events);
  const secrets = [first, second].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  for (const secret of [...secrets, first.user.username, first.user.email, first.user.name, first.user.id]) {
    expect(written).not.toContain(secret);
  }
});

it("what comes in through the handler is known by its tab, and by nothing that is not a tab's name", async () => {
  const { watch, first, refresh, kinds } = await watchedAda();
  const handler = watch.wrapHandler(async () => Response.json(await refresh(first)));
  for (const tab of ["a3f", "a3f/2", "<b>", "a-very-long-name", ""]) {
    await handler(new Request("https://app.test/api/trpc", { headers: { [tabHeader]: tab } }));
  }
  await refresh(first);
  expect(kinds().slice(1)).toEqual([
    "rotated by a3f",
    "repeated by a3f/2",
    "repeated by program",
    "repeated by program",
    "repeated by program",
    "repeated by page",
  ]);
});

it("expire_access rejects the access tokens there are, and not the next one", async () => {
  const { auth, first, refresh, throwSwitch, panel, clock } = await watchedAda();
  expect(await reason(auth.verify(first.accessToken))).toBe("ok");
  await throwSwitch("expire_access");
  expect(await reason(auth.verify(first.accessToken))).toBe("access_token_expired");
  expect((await panel()).session?.access.left).toBe(0);
  clock.advance(1);
  const second = await refresh(first);
  expect(await reason(auth.verify(second.accessToken))).toBe("ok");
  expect(await reason(auth.verify(first.accessToken))).toBe("access_token_expired");
});

it("lose_next_reply carries one refresh out and drops its response, and the same request then gets the same response", async () => {
  const { first, refresh, throwSwitch, kinds } = await watchedAda();
  await throwSwitch("lose_next_reply");
  expect(await reason(refresh(first))).toBe("temporarily_unavailable");
  expect((await refresh(first)).session.generation).toBe(1);
  expect(kinds().slice(1)).toEqual(["rotated by page", "lost by page", "repeated by page"]);
});

it("lose_next_reply, thrown twice, loses nothing", async () => {
  const { first, refresh, throwSwitch, panel } = await watchedAda();
  await throwSwitch("lose_next_reply");
  expect((await panel()).session?.losing).toBe(true);
  await throwSwitch("lose_next_reply");
  expect(await reason(refresh(first))).toBe("ok");
});

it("replay_last shows the rule: the same successor within the window, another one after it", async () => {
  const { first, refresh, throwSwitch, kinds, clock } = await watchedAda();
  await refresh(first);
  await throwSwitch("replay_last");
  clock.advance(10 * 60_000);
  await throwSwitch("replay_last");
  expect(kinds().slice(1)).toEqual(["rotated by page", "repeated by copy", "rearmed by copy"]);
});

it("replay_older ends the session, and the panel says why", async () => {
  const { first, refresh, throwSwitch, panel, kinds } = await watchedAda();
  const last = await refresh(await refresh(first));
  expect((await panel(last)).session).toMatchObject({ generation: 2, replayable: 2, ended: null });
  await throwSwitch("replay_older", last);
  expect(kinds().at(-1)).toBe("reused by copy");
  expect((await panel(last)).session?.ended).toBe("refresh_token_reused");
});

it("a replay does not take the reply that a browser is to lose", async () => {
  const { first, refresh, throwSwitch, kinds } = await watchedAda();
  const second = await refresh(first);
  await throwSwitch("lose_next_reply");
  await throwSwitch("replay_last");
  expect(await reason(refresh(second))).toBe("temporarily_unavailable");
  expect(kinds().slice(2)).toEqual(["repeated by copy", "rotated by page", "lost by page"]);
});

it("a browser without a session can throw no switch, and sees only what happened", async () => {
  const { auth, record } = await watchedAda();
  const request = new Headers();
  const thrown = throwSwitch(record, { auth, tokenCookies }, { request, what: "expire_access" });
  expect(await reason(thrown)).toBe("refresh_token_missing");
  expect(await readPanelState(record, { auth, tokenCookies }, request)).toMatchObject({
    session: null,
    events: [{ kind: "issued" }],
  });
});

it("the record forgets the oldest happenings and sessions", async () => {
  const { record } = await watchedAda();
  const event = { at: 0, kind: "rotated", session: null, generation: null, by: "page" } as const;
  for (let made = 0; made < 300; made += 1) {
    note(record, { ...event, delivery: null, tookMs: null, why: null });
    trackOf(record, `session ${made}`);
  }
  expect(record.events.length).toBe(200);
  expect(record.events.at(-1)?.seq).toBe(301);
  expect(record.tracks.size).toBe(100);
});

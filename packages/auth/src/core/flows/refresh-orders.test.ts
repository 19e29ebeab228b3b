import { describe, expect, it } from "vitest";
import { createTestSession, type TestSession } from "../../../test/test-session.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { ada, fromTerminal, loginAda, reasonOf } from "../../testing/test-auth.ts";
import { type Choose, createTurns, everyOrder, type Turns, takeTurns } from "../../testing/turns.ts";
import type { AuthErrorReason } from "../domain/errors.ts";
import type { IssuedTokens } from "../domain/model.ts";

/** Some hundred orders each, a millisecond or two for one; more where the machine has other things to do. */
const patience = { timeout: 120_000 };
const newPassword = "another correct horse";

interface Scene extends TestSession {
  turns: Turns;
}

/** Ada's session, and a gate before and after each method of the store and inside the hasher. */
async function openScene(): Promise<Scene> {
  const turns = createTurns();
  const store = createMemoryStore({ pause: turns.pause });
  const passwords = createFakePasswordHasher({ pause: turns.pause });
  return { turns, ...(await createTestSession({ store, passwords })) };
}

/** What a refresh or a login came to: new tokens, or the reason why not. */
async function outcomeOf(call: Promise<IssuedTokens>): Promise<IssuedTokens | AuthErrorReason> {
  let issued: IssuedTokens | undefined;
  const reason = await reasonOf(
    call.then((tokens) => {
      issued = tokens;
    }),
  );
  return issued ?? (reason as AuthErrorReason);
}

const tokensOf = (...outcomes: ReadonlyArray<IssuedTokens | AuthErrorReason>): IssuedTokens[] =>
  outcomes.flatMap((one) => (typeof one === "string" ? [] : [one]));

/** None of these tokens opens anything any more, in whichever way it is shown. */
async function expectDead({ auth, refresh }: TestSession, issued: readonly IssuedTokens[]): Promise<void> {
  for (const { accessToken, refreshToken } of issued) {
    expect(await reasonOf(auth.verify(accessToken))).not.toBe("ok");
    expect(await reasonOf(refresh(refreshToken))).not.toBe("ok");
  }
}

describe("two refreshes with one token, in every order of their steps,", () => {
  it("both get the same successor, and the session is rotated once (R01)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const { turns, first, refresh, row } = await openScene();
      const both = () => refresh(first.refreshToken);
      const [one, other] = await takeTurns<[IssuedTokens, IssuedTokens]>(turns, [both, both], choose);
      expect(other.refreshToken).toBe(one.refreshToken);
      expect((await row()).generation).toBe(1);
    });
    expect(orders).toBeGreaterThan(200);
  });
});

describe("a refresh and a logout, in every order of their steps,", () => {
  it("leave nothing of the session that works, also what the refresh brought (R10)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const scene = await openScene();
      const { turns, auth, first, refresh, row } = scene;
      const [refreshed] = await takeTurns<[IssuedTokens | AuthErrorReason, unknown]>(
        turns,
        [
          () => outcomeOf(refresh(first.refreshToken)),
          () => auth.logout({ refreshToken: first.refreshToken, accessToken: undefined }),
        ],
        choose,
      );
      if (typeof refreshed === "string") expect(refreshed).toBe("session_revoked");
      await expectDead(scene, [first, ...tokensOf(refreshed)]);
      expect((await row()).revokedReason).toBe("logout");
    });
    expect(orders).toBeGreaterThan(200);
  });
});

describe("a refresh and the disabling of its user, in every order of their steps,", () => {
  it("leave nothing that works, also what the refresh brought (R13)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const scene = await openScene();
      const { turns, auth, first, refresh } = scene;
      const [refreshed] = await takeTurns<[IssuedTokens | AuthErrorReason, unknown]>(
        turns,
        [
          () => outcomeOf(refresh(first.refreshToken)),
          () => auth.admin.disable({ actor: null, userId: first.user.id }),
        ],
        choose,
      );
      await expectDead(scene, [first, ...tokensOf(refreshed)]);
      expect(await reasonOf(loginAda(auth))).toBe("account_disabled");
    });
    expect(orders).toBeGreaterThan(20);
  });
});

describe("a refresh and an administrator who ends the session, in every order of their steps,", () => {
  it.each(["endSession", "endSessions"] as const)("%s leaves nothing that works (R13)", patience, async (what) => {
    await everyOrder(async (choose) => {
      const scene = await openScene();
      const { turns, auth, first, refresh, row } = scene;
      const end = { actor: first.user.id, userId: first.user.id, sessionId: first.session.id };
      const [refreshed] = await takeTurns<[IssuedTokens | AuthErrorReason, unknown]>(
        turns,
        [() => outcomeOf(refresh(first.refreshToken)), () => auth.admin[what](end)],
        choose,
      );
      await expectDead(scene, [first, ...tokensOf(refreshed)]);
      expect((await row()).revokedReason).toBe("ended_by_admin");
    });
  });
});

/** The password is changed in another session of Ada's, while something else happens. */
async function changedMeanwhile(
  choose: Choose,
  other: (scene: Scene) => Promise<IssuedTokens | AuthErrorReason>,
): Promise<{ scene: Scene; kept: IssuedTokens; outcome: IssuedTokens | AuthErrorReason }> {
  const scene = await openScene();
  const kept = await loginAda(scene.auth);
  const change = { principal: kept, currentPassword: ada.password, newPassword };
  const [outcome] = await takeTurns<[IssuedTokens | AuthErrorReason, unknown]>(
    scene.turns,
    [() => other(scene), () => scene.auth.changePassword(change)],
    choose,
  );
  // The session that changed it lives: its access token of before costs a refresh, and nothing more.
  expect(await reasonOf(scene.auth.verify(kept.accessToken))).toBe("access_token_expired");
  const renewed = await scene.auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" });
  expect(await reasonOf(scene.auth.verify(renewed.accessToken))).toBe("ok");
  return { scene, kept, outcome };
}

describe("a change of the password and, in every order of their steps,", () => {
  it("a refresh of another session: that one is dead, and the kept one lives (R11)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const { scene, kept, outcome } = await changedMeanwhile(choose, ({ first, refresh }) =>
        outcomeOf(refresh(first.refreshToken)),
      );
      await expectDead(scene, [scene.first, ...tokensOf(outcome)]);
      expect(await reasonOf(scene.refresh(kept.refreshToken))).toBe("ok");
    });
    expect(orders).toBeGreaterThan(200);
  });

  it("a login with the old password: no session of it is alive afterwards (R12)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const { scene, outcome } = await changedMeanwhile(choose, ({ auth }) => outcomeOf(loginAda(auth)));
      if (typeof outcome === "string") expect(outcome).toBe("invalid_credentials");
      await expectDead(scene, tokensOf(outcome));
      const { auth } = scene;
      expect(await reasonOf(auth.login({ identifier: "ada", password: newPassword, ...fromTerminal }))).toBe("ok");
    });
    expect(orders).toBeGreaterThan(200);
  });
});

describe("a spent token that returns and an honest refresh, in every order of their steps,", () => {
  it("leave no fork: the session is over for both, whatever the refresh brought (R15)", patience, async () => {
    const orders = await everyOrder(async (choose) => {
      const scene = await openScene();
      const { turns, first, refresh, row } = scene;
      const current = await refresh((await refresh(first.refreshToken)).refreshToken);
      const [honest, stolen] = await takeTurns<[IssuedTokens | AuthErrorReason, IssuedTokens | AuthErrorReason]>(
        turns,
        [() => outcomeOf(refresh(current.refreshToken)), () => outcomeOf(refresh(first.refreshToken))],
        choose,
      );
      expect(stolen).toBe("refresh_token_reused");
      await expectDead(scene, [current, ...tokensOf(honest)]);
      expect((await row()).revokedReason).toBe("refresh_token_reused");
    });
    expect(orders).toBeGreaterThan(100);
  });
});

describe("refreshes of two sessions of one user, in every order of their steps,", () => {
  it("know nothing of each other (R16)", patience, async () => {
    await everyOrder(async (choose) => {
      const { turns, auth, first, refresh } = await openScene();
      const second = await loginAda(auth);
      const [one, other] = await takeTurns<[IssuedTokens, IssuedTokens]>(
        turns,
        [() => refresh(first.refreshToken), () => refresh(second.refreshToken)],
        choose,
      );
      expect([one.session.id, other.session.id]).toEqual([first.session.id, second.session.id]);
      expect([one.session.generation, other.session.generation]).toEqual([1, 1]);
    });
  });
});

describe("a change of a user's role, while a refresh is under way,", () => {
  it(
    "rejects every token that says the old one as expired, and the next one says the new one (R14)",
    patience,
    async () => {
      await everyOrder(async (choose) => {
        const { turns, auth, first, refresh } = await openScene();
        const [next] = await takeTurns<[IssuedTokens, unknown]>(
          turns,
          [
            () => refresh(first.refreshToken),
            () => auth.admin.setRole({ actor: null, userId: first.user.id, role: "admin" }),
          ],
          choose,
        );
        expect(await reasonOf(auth.verify(first.accessToken))).toBe("access_token_expired");
        const claimed = roleIn(next.accessToken);
        expect(await reasonOf(auth.verify(next.accessToken))).toBe(claimed === "admin" ? "ok" : "access_token_expired");
        const after = await refresh(next.refreshToken);
        expect([roleIn(after.accessToken), (await auth.verify(after.accessToken)).user.role]).toEqual([
          "admin",
          "admin",
        ]);
      });
    },
  );
});

function roleIn(accessToken: string): unknown {
  return JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8")).role;
}

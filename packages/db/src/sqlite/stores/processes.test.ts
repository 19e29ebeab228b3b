import { seededRandomBytes, testStart } from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { type Child, startChild } from "../../../test/child.ts";
import { openRefreshing, type Refreshing, register } from "../../../test/refreshing.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import type { Question, Reply } from "./processes.child.ts";

const folder = useTestFolder();
const minute = 60_000;
/** Many processes start at once, and there may be only two cores. */
const patience = { timeout: 60_000 };

it(
  "8 processes that refresh one token at once all get the same successor, round after round (R03)",
  patience,
  async () => {
    const server = prepared();
    const children = await startMany(8);
    let refreshToken = await register(server, "ada");
    let now = testStart;
    for (let round = 1; round <= 20; round += 1) {
      now += 20 * minute;
      const answers = await askAll(children, { do: "refresh", refreshToken, now });
      expect(new Set(answers.map(({ refreshToken: next }) => next)).size).toBe(1);
      expect(answers.map(({ generation }) => generation)).toEqual(Array(8).fill(round));
      refreshToken = answers[0]?.refreshToken ?? "";
    }
    expect(sessionRows(server)).toEqual([{ generation: 20, revoked_at: null }]);
  },
);

it(
  "4 processes that present a token whose successor got lost all get the same new one (row 2b)",
  patience,
  async () => {
    const server = prepared();
    const children = await startMany(4);
    let refreshToken = await register(server, "ada");
    let now = testStart;
    for (let round = 1; round <= 8; round += 1) {
      now += 20 * minute;
      const lost = await ask(children[round % 4], { do: "refresh", refreshToken, now });
      now += 20 * minute;
      const answers = await askAll(children, { do: "refresh", refreshToken, now });
      expect(new Set(answers.map(({ refreshToken: next }) => next)).size).toBe(1);
      expect(answers.map(({ generation }) => generation)).toEqual(Array(4).fill(round));
      refreshToken = answers[0]?.refreshToken ?? "";
      expect(refreshToken).not.toBe(lost.refreshToken);
    }
    expect(sessionRows(server)).toEqual([{ generation: 8, revoked_at: null }]);
  },
);

it("two processes that take turns answering one client are one server to it (D05)", patience, async () => {
  const server = prepared();
  const children = await startMany(2);
  let refreshToken = await register(server, "ada");
  let now = testStart;
  for (let turn = 0; turn < 40; turn += 1) {
    now += 20 * minute;
    const [here, there] = [children[turn % 2], children[(turn + 1) % 2]];
    const next = await ask(here, { do: "refresh", refreshToken, now });
    // The answer was lost, and the retry goes to the other one.
    const again = await ask(there, { do: "refresh", refreshToken, now: now + 1_000 });
    expect(again.refreshToken).toBe(next.refreshToken);
    expect(again.generation).toBe(turn + 1);
    ({ refreshToken } = again);
  }
  expect(sessionRows(server)).toEqual([{ generation: 40, revoked_at: null }]);
});

it.each([
  { moment: "before", retryAfterMs: 1_000, changes: 0, caseId: "R05" },
  { moment: "before", retryAfterMs: 20 * minute, changes: 0, caseId: "R05" },
  { moment: "after", retryAfterMs: 1_000, changes: 1, caseId: "R06" },
  { moment: "after", retryAfterMs: 20 * minute, changes: 1, caseId: "R06" },
] as const)(
  "a process killed just $moment the write logs nobody out: the old token is exchanged $retryAfterMs ms later ($caseId)",
  patience,
  async ({ moment, retryAfterMs, changes }) => {
    const server = prepared();
    let refreshToken = await register(server, "ada");
    const generations = [0];
    server.clock.set(testStart);
    for (const child of await startMany(5)) {
      server.clock.set(server.clock.now() + 20 * minute);
      const dying = child.ask({ do: "refresh", refreshToken, now: server.clock.now(), dieAt: moment });
      expect(await child.gone).toBe("SIGKILL");
      expect(await dying).toBeUndefined();
      const before = generations.at(-1) ?? 0;
      expect(sessionRows(server)).toEqual([{ generation: before + changes, revoked_at: null }]);

      server.clock.set(server.clock.now() + retryAfterMs);
      const retried = await server.auth.refresh({ refreshToken, delivery: "body" });
      const resent = await server.auth.refresh({ refreshToken, delivery: "body" });
      expect(resent.refreshToken).toBe(retried.refreshToken);
      refreshToken = retried.refreshToken;
      generations.push(retried.session.generation);
    }
    expect(generations).toEqual([0, 1, 2, 3, 4, 5]);
    expect(server.connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
  },
);

const kills = 100;

it("a process killed at any moment under load keeps every refresh that it acknowledged, 100 times (D11)", {
  timeout: 240_000,
}, async () => {
  const server = prepared();
  const random = seededRandomBytes(11);
  const newest: { refreshToken: string; now: number }[] = [];
  for (const username of ["ada", "bob", "eve"]) {
    newest.push({ refreshToken: await register(server, username), now: testStart });
  }
  let acknowledged = 0;
  // While one works and dies, the next ones start.
  const starting = Array.from({ length: 3 }, startOne);
  for (let round = 1; round <= kills; round += 1) {
    if (round + starting.length <= kills) starting.push(startOne());
    const child = (await starting.shift()) as Refresher;
    // The same process refreshes three sessions at once, so that commits of several are under way when it dies.
    const sessions = new Map(newest.map(({ refreshToken }, index) => [sessionOf(refreshToken), index]));
    const rejections: string[] = [];
    const until = acknowledged + 10 + ((random(1)[0] ?? 0) % 40);
    const enough = new Promise<void>((resolve) => {
      child.onMessage((answer) => {
        if ("rejected" in answer) return void rejections.push(answer.rejected);
        newest[sessions.get(sessionOf(answer.refreshToken)) ?? -1] = answer;
        acknowledged += 1;
        if (acknowledged >= until) resolve();
      });
    });
    for (const { refreshToken, now } of newest) {
      void child.ask({ do: "refresh for ever", refreshToken, now: now + 20 * minute, stepMs: minute });
    }
    await enough;
    child.kill();
    await child.gone;
    expect(rejections).toEqual([]);

    expect(server.connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
    for (const [index, { refreshToken, now }] of newest.entries()) {
      server.clock.set(now + 20 * minute);
      const issued = await server.auth.refresh({ refreshToken, delivery: "body" });
      newest[index] = { refreshToken: issued.refreshToken, now: server.clock.now() };
    }
  }
  expect(acknowledged).toBeGreaterThanOrEqual(10 * kills);
  expect(sessionRows(server).map(({ revoked_at }) => revoked_at)).toEqual([null, null, null]);
});

/** A migrated database, and the rules on it in this very process. */
function prepared(): Refreshing {
  folder.open().close();
  const server = openRefreshing(folder.path());
  onTestFinished(() => server.connection.close());
  return server;
}

type Refresher = Child<Question, Reply>;

async function startMany(count: number): Promise<Refresher[]> {
  return await Promise.all(Array.from({ length: count }, startOne));
}

function startOne(): Promise<Refresher> {
  return startChild<Question, Reply>(new URL("processes.child.ts", import.meta.url), [folder.path()]);
}

async function askAll(children: Refresher[], question: Question) {
  return await Promise.all(children.map((child) => ask(child, question)));
}

async function ask(child: Refresher | undefined, question: Question) {
  const answer = await child?.ask(question);
  if (!answer || "rejected" in answer) throw new Error(`Refused: ${answer?.rejected ?? "the process is gone"}`);
  return answer;
}

function sessionRows({ connection }: Refreshing) {
  const statement = connection.client.prepare<[], { generation: number; revoked_at: number | null }>(
    "SELECT generation, revoked_at FROM sessions",
  );
  return statement.all();
}

function sessionOf(refreshToken: string): string {
  return Buffer.from(refreshToken.slice("rt1.".length), "base64url").subarray(0, 16).toString("hex");
}

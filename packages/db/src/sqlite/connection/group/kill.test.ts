import { seededRandomBytes } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { type Child, startChild } from "../../../../test/child.ts";
import { useTestFolder } from "../../../../test/test-database.ts";
import type { Question, Reply } from "./kill.child.ts";

const folder = useTestFolder();
const [kills, groupSize] = [12, 25];

it("a process that is killed in the middle of a group leaves all of it or nothing, and every group that it acknowledged, 12 times (D11)", {
  timeout: 60_000,
}, async () => {
  const { client, file } = folder.open();
  client.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, group_number INTEGER NOT NULL, text TEXT NOT NULL)");
  const sizes = client.prepare<[], [number, number]>("SELECT group_number, count(*) FROM notes GROUP BY 1").raw();
  const random = seededRandomBytes("group, killed");
  const start = () => startChild<Question, Reply>(new URL("kill.child.ts", import.meta.url), [file]);
  const starting: Array<Promise<Child<Question, Reply>>> = [start(), start()];
  let acknowledged = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    // The next one starts beside it. None is left over at the end: it would be ended before it was ready.
    if (kill + starting.length <= kills) starting.push(start());
    const child = (await starting.shift()) as Child<Question, Reply>;
    const until = acknowledged + 1 + ((random(1)[0] ?? 0) % 20);
    await new Promise<void>((resolve) => {
      child.onMessage((group) => {
        acknowledged = Number(group);
        if (acknowledged >= until) resolve();
      });
      // Numbers of before are not used again: the last group of the one before may or may not be there.
      void child.ask({ firstGroup: acknowledged + 2, groupSize });
    });
    child.kill();
    await child.gone;
    const groups = new Map(sizes.all());
    expect(new Set(groups.values())).toEqual(new Set([groupSize]));
    expect(groups.has(acknowledged)).toBe(true);
    expect(client.pragma("integrity_check", { simple: true })).toBe("ok");
  }
  const groups = new Map(sizes.all());
  expect(groups.size).toBeGreaterThanOrEqual(kills);
});

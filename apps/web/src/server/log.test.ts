import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { logError, logEvent } from "./log.ts";

function collect(): string[] {
  const lines: string[] = [];
  const written = vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  onTestFinished(() => written.mockRestore());
  return lines;
}

/** The lines of one turn are written together. */
async function linesOf(written: string[]): Promise<string[]> {
  await nextTurn();
  return written.flatMap((text) => text.trimEnd().split("\n"));
}

it("a line of the log is one line of JSON with its time in UTC, whatever a client sent (ASVS 16.2.2, 16.2.4, 16.4.1)", async () => {
  const written = collect();
  for (const sent of ['x\r\n{"level":"error"}', "\u001b[2J\u2028\u0085", '"}\n', "\ud800"]) {
    logError(sent, Object.assign(new Error(sent), { code: sent }));
    logEvent({ type: "login_failed", userId: sent, why: "wrong_password" });
  }
  const lines = await linesOf(written);
  expect(lines).toHaveLength(8);
  for (const line of lines) {
    for (const sign of ["\r", "\u001b"]) expect(line).not.toContain(sign);
    expect(JSON.parse(line)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      type: expect.any(String),
    });
  }
});

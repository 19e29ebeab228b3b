import type { Database as Client } from "better-sqlite3";

type Operation = () => unknown;

/** What became of one operation of a group that was committed. */
type Outcome = { done: unknown } | { failed: unknown };

export type GroupResult =
  /** On the disk, with the time that the COMMIT took, in milliseconds. In the order of the operations. */
  | { state: "committed"; outcomes: Outcome[]; flushMs: number }
  /** Nothing of it ran. */
  | { state: "not_begun"; error: unknown }
  /** Nothing of it is in the database, though some of it ran. */
  | { state: "lost"; error: unknown };

export type RunGroup = (operations: readonly Operation[]) => GroupResult;

/**
 * Runs operations in one transaction that holds the write lock from its beginning, each in a savepoint of its own: one that
 * throws is undone alone. Synchronous from BEGIN to COMMIT, so that nothing else of this process reads or writes in between.
 *
 * SQLite itself rolls a whole transaction back when the disk is full, and may do so for IOERR, NOMEM and INTERRUPT. A statement that
 * follows would then commit by itself. So after each throw SQLite is asked whether the transaction is still there.
 */
export function prepareGroup(client: Client): RunGroup {
  const begin = client.prepare("BEGIN IMMEDIATE");
  const commit = client.prepare("COMMIT");
  const rollBack = client.prepare("ROLLBACK");
  const runOne = prepareOperation(client);

  function runAll(operations: readonly Operation[]): GroupResult {
    const outcomes = operations.map(runOne);
    const before = performance.now();
    commit.run();
    return { state: "committed", outcomes, flushMs: performance.now() - before };
  }

  /** Must not throw: the callers wait for an answer. Where it fails, the next BEGIN fails too, and says why. */
  function abandon(): void {
    try {
      if (client.inTransaction) rollBack.run();
    } catch {}
  }

  return (operations) => {
    try {
      begin.run();
    } catch (error) {
      return { state: "not_begun", error };
    }
    try {
      return runAll(operations);
    } catch (error) {
      abandon();
      return { state: "lost", error };
    }
  };
}

/** @throws what ended the transaction, or left it in a state that nobody knows: the group is lost */
function prepareOperation(client: Client): (operation: Operation) => Outcome {
  const save = client.prepare("SAVEPOINT operation");
  const release = client.prepare("RELEASE operation");
  const undo = client.prepare("ROLLBACK TO operation");
  return (operation) => {
    try {
      save.run();
      const done = operation();
      if (done instanceof Promise)
        throw new TypeError("An operation must be synchronous: the group does not wait for it");
      release.run();
      return { done };
    } catch (failed) {
      if (!client.inTransaction) throw failed;
      undo.run();
      release.run();
      return { failed };
    }
  };
}

import { AuthError, type AuthStore } from "@watchword/auth/core";
import { openRefreshing } from "../../../test/refreshing.ts";

/** What the test asks of this process: `node processes.child.mjs <database>`. */
export type Question =
  /** Refresh once. With `dieAt`, end as by a power switch, just before or just after the conditional write. */
  | { do: "refresh"; refreshToken: string; now: number; dieAt?: "before" | "after" }
  /** Refresh again and again, and send each answer before going on. The clock moves on by `stepMs` each time. */
  | { do: "refresh for ever"; refreshToken: string; now: number; stepMs: number };

export type Reply = { refreshToken: string; generation: number; now: number } | { rejected: string };

let dieAt: "before" | "after" | undefined;
const [file = ""] = process.argv.slice(2);
const { auth, clock } = openRefreshing(file, mortal);

process.on("message", (question: Question) => {
  void answer(question).catch((error: unknown) => {
    process.send?.({ rejected: error instanceof AuthError ? error.reason : String(error) } satisfies Reply);
  });
});
process.once("disconnect", () => process.exit());
process.send?.("ready");

async function answer(question: Question): Promise<void> {
  clock.set(question.now);
  if (question.do === "refresh") {
    dieAt = question.dieAt;
    return await send(await refresh(question.refreshToken));
  }
  for (let { refreshToken } = question; ; clock.set(clock.now() + question.stepMs)) {
    const next = await refresh(refreshToken);
    await send(next);
    refreshToken = next.refreshToken;
  }
}

async function refresh(refreshToken: string) {
  const issued = await auth.refresh({ refreshToken, delivery: "body" });
  return { refreshToken: issued.refreshToken, generation: issued.session.generation, now: clock.now() };
}

/** Resolves when the answer has left this process: from then on it is acknowledged, whatever happens to us. */
function send(answer: Reply): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(answer, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

/** The store, but the process dies at the moment that was asked for. */
function mortal(store: AuthStore): AuthStore {
  const dyingAround =
    <Change>(write: (change: Change) => Promise<boolean>) =>
    async (change: Change): Promise<boolean> => {
      if (dieAt === "before") await die();
      const changed = await write(change);
      if (dieAt === "after") await die();
      return changed;
    };
  return {
    ...store,
    rotateSession: dyingAround(store.rotateSession),
    reissueSession: dyingAround(store.reissueSession),
  };
}

/** Never resolves. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

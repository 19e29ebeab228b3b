import { fork } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import type { Moment, Order, Outcome } from "../src/token-file/program.child.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

/** Another program on the machine that is logged in by the same file. */
export interface Program {
  /** Makes a call that needs a login. */
  call(): Promise<Outcome>;
  /** Makes one and is killed in the middle of storing the new tokens. Resolves when it is gone, with the signal. */
  callAndDie(at: Moment): Promise<NodeJS.Signals | null>;
  end(): void;
}

export async function startProgram(path: string, url: string): Promise<Program> {
  const script = fileURLToPath(new URL("../src/token-file/program.child.ts", import.meta.url));
  const child = fork(inject("childPrograms")[script] ?? "", [path, url], { cwd: dirname(script) });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  const answer = () =>
    new Promise<Outcome>((resolve) => {
      child.once("message", (outcome: Outcome) => resolve(outcome));
      void gone.then((signal) => resolve({ failed: `killed by ${signal}` }));
    });
  const ask = (order: Order) => {
    const answered = answer();
    child.send(order);
    return answered;
  };
  await answer();
  return {
    call: () => ask({}),
    callAndDie: (dieAt) => ask({ dieAt }).then(() => gone),
    end: () => child.kill("SIGKILL"),
  };
}

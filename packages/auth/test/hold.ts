/** A place where a call can be held up: before or after a method of the store, or inside the hasher. */
export interface Hold {
  /** For `createMemoryStore({ pause })` and `createFakePasswordHasher({ pause })`. */
  pause: (method: string, moment?: "before" | "after") => Promise<void>;
  /** Holds the next call that comes to this place. Others pass, also those that come there later. */
  next(method: string, moment?: "before" | "after"): HeldCall;
}

export interface HeldCall {
  /** Resolves when the call has come to the place. */
  reached: Promise<void>;
  release(): void;
}

/** Puts two things that run at once into one particular order, without a sleep and without chance. */
export function createHold(): Hold {
  const waiting = new Map<string, Array<{ arrive: () => void; released: Promise<void> }>>();
  const nameOf = (method: string, moment: string | undefined) => `${method} ${moment ?? ""}`;
  return {
    async pause(method, moment) {
      const held = waiting.get(nameOf(method, moment))?.shift();
      if (!held) return;
      held.arrive();
      await held.released;
    },
    next(method, moment) {
      const { promise: reached, resolve: arrive } = promised();
      const { promise: released, resolve: release } = promised();
      const name = nameOf(method, moment);
      waiting.set(name, [...(waiting.get(name) ?? []), { arrive, released }]);
      return { reached, release };
    },
  };
}

function promised(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

import type { Env } from "../env/env.ts";
import { hostOfNext } from "./host.ts";

/**
 * Whether there is a demo account: on one's own machine, started by `npm start` or `npm run dev`, which listen there alone. A host that only
 * runs Next listens on every address, also without an APP_URL. And where accounts begin by mail there is none: it
 * would have to be created in another way than all others.
 */
export function isDemoWelcome(env: Pick<Env, "local" | "listensLocally" | "development" | "registration">): boolean {
  return (
    env.local && env.listensLocally && env.registration === "at_once" && (env.development || hostOfNext() !== undefined)
  );
}

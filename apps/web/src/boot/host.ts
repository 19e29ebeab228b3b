import type { Hosting } from "../http/serve-app.ts";

/** The process that runs Next in its own server (`serve.mjs`), and waits for what Next has built of the app. */
export interface Host {
  /** The app is ready to be served. */
  started: (serve: (hosting: Hosting) => Promise<void>) => void;
}

/** Undefined where Next is the server: `next dev`, `next start`. */
export function hostOfNext(): Host | undefined {
  return (globalThis as { watchwordHost?: Host }).watchwordHost;
}

/** Runs once when the server starts, before it answers anything: a setting that cannot be right ends it here. */
export async function register(): Promise<void> {
  // Not a setting: Next writes the runtime's name in here when it builds, and leaves out what stands behind it.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { start } = await import("./boot/start.ts");
    await start();
  }
}

/** Called with what a page, an action or a route threw: the answer and the log name it alike (`http/page-handler.ts`). */
export async function onRequestError(error: unknown): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { noteError } = await import("./server/page-source.ts");
  noteError(error);
}

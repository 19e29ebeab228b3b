/** Whether an output, or anything in it at the first level, is still to come: an iterable of events, or a promise. */
export function isStreamLike(data: unknown): boolean {
  if (!isRecord(data)) return false;
  if (Symbol.asyncIterator in data) return true;
  return Object.values(data).some((value) => isPromise(value) || (isRecord(value) && Symbol.asyncIterator in value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By its methods, as tRPC tells it: a promise of another library has them too. */
function isPromise(value: unknown): boolean {
  if (!isRecord(value) && typeof value !== "function") return false;
  const { then, catch: caught } = value as { then?: unknown; catch?: unknown };
  return typeof then === "function" && typeof caught === "function";
}

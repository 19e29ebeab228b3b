const idOf = new WeakMap<object, string>();

/**
 * The id of an internal error: the same whenever the same error is asked about, wrapped or not, so that a response and a log can
 * both name it.
 *
 * Made of the process and the time since the machine started, and of nothing random: there may be an error because nothing
 * random is to be had.
 */
export function errorIdOf(error: unknown): string {
  const root = rootOf(error);
  const known = isObject(root) ? idOf.get(root) : undefined;
  if (known !== undefined) return known;
  const id = `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
  if (isObject(root)) idOf.set(root, id);
  return id;
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && isObject(error.cause) ? rootOf(error.cause) : error;
}

function isObject(error: unknown): error is object {
  return typeof error === "object" && error !== null;
}

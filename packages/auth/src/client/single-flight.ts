/**
 * Runs one piece of work at a time, and lets whoever asks meanwhile wait for that one. An optimisation, nothing more:
 * two refreshes at once do no harm (the server gives both the same successor).
 */
export function singleFlight<Asked extends unknown[], T>(
  work: (...asked: Asked) => Promise<T>,
): (...asked: Asked) => Promise<T> {
  let running: Promise<T> | undefined;
  return (...asked) => {
    running ??= work(...asked).finally(() => {
      running = undefined;
    });
    return running;
  };
}

import { logError, logMessage } from "./log.ts";
import { noteError } from "./page-source.ts";

/**
 * Takes what Next and other libraries write to the console as errors and warnings, and writes it as lines of our log. As they write
 * it, it is a stack of many lines that no reader of JSON can take, with texts in it that a client sent.
 */
export function takeConsole(): void {
  console.error = (...said: unknown[]) => takeError(said);
  console.warn = (...said: unknown[]) => takeWarning(said);
}

function takeError(said: readonly unknown[]): void {
  const error = said.find((one) => one instanceof Error);
  if (error === undefined) logMessage("error", textOf(said));
  // With a request that is being answered it is logged when the response is known: unreadable input of a client is no error of ours.
  else if (!noteError(error)) logError("process", error);
}

/** An error that is only warned of is one that the library has dealt with. */
function takeWarning(said: readonly unknown[]): void {
  if (!said.some((one) => one instanceof Error)) logMessage("warn", textOf(said));
}

/** Without the colours and the sign at the beginning. */
function textOf(said: readonly unknown[]): string {
  return said
    .filter((one) => typeof one === "string")
    .join(" ")
    .replace(/\p{Cc}\[[0-9;]*m/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}

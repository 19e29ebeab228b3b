import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import type { Strength } from "./strength-words.ts";

/** Longer ones are strong by their length, and would take a while to look at. */
const mostCharacters = 100;

const judge = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary, maxLength: mostCharacters });

/**
 * How many guesses a password may stand. 400 kB with its lists, so that this file is loaded only when a user types a new
 * password; what is typed goes nowhere.
 */
export function judgeStrength(password: string): Strength {
  return judge.check(password).score;
}

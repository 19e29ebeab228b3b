import { heapLimit } from "../../../apps/web/heap-limit.mjs";

const limit = heapLimit({});

/** The options of V8 with which `npm start` starts the product; pages are measured against servers that have the same. */
export const heapOptions: readonly string[] = "options" in limit ? limit.options : [];

/// <reference path="./better-sqlite3-13.d.ts" />

/**
 * The SQLite driver that fits the running Node. Version 12 is the last for Node 20; built against the headers of Node
 * 24.19 or newer it aborts the process when a statement is collected as garbage (nodejs/node#65446). Version 13 is built
 * on Node-API and has no such trouble, but ends Node 20 with a segmentation fault. Their API is the same.
 */
const nodeMajor = Number(process.versions.node.split(".")[0]);

export const { default: Database } =
  nodeMajor >= 22 ? await import("better-sqlite3-13") : await import("better-sqlite3");

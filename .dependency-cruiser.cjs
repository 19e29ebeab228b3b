/** The arrows inside the packages; between them `turbo boundaries` watches. Each rule says what it keeps true. */
const core = "^packages/auth/src/core";

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A knot of files can only be read, tested and changed all at once.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-knows-nobody",
      comment:
        "The rules do not know HTTP, tRPC, SQL or where they are kept: that is what makes them testable in memory.",
      severity: "error",
      from: { path: core, pathNot: "\\.test\\.ts$" },
      to: {
        path: "^packages/auth/src/(trpc|client|testing|metrics)|node_modules/(@trpc|@opentelemetry|drizzle-orm|better-sqlite3|next|react)",
      },
    },
    {
      name: "metrics-take-types-only",
      comment: "What counts hears of what happened, and takes no part in it.",
      severity: "error",
      from: { path: "^packages/auth/src/metrics", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/auth/src/(core|trpc|client|testing)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-takes-types-only",
      comment: "What a browser loads must not bring server code along.",
      severity: "error",
      from: { path: "^packages/auth/src/client", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/auth/src/(core|trpc|testing|token-file)|^node:", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "token-file-takes-types-only",
      comment:
        "A file of tokens is opened by every command at its start: no server code and no link come along with it.",
      severity: "error",
      from: { path: "^packages/auth/src/token-file", pathNot: "\\.test\\.ts$|\\.child\\.ts$|/testing/" },
      to: { path: "^packages/auth/src/(core|trpc|testing|client)|node_modules/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-the-tokens-files-import-jose",
      comment: "One file decides what a valid signature is, one what a valid token is, and one what a key is.",
      severity: "error",
      from: { pathNot: "(access-token|jws|signing-key)\\.ts$|\\.test\\.ts$" },
      to: { path: "node_modules/jose" },
    },
    {
      name: "only-the-worker-imports-bcryptjs",
      comment: "A hash on the main thread stops every other request for a third of a second.",
      severity: "error",
      from: { pathNot: "password-worker\\.mjs$|\\.test\\.ts$" },
      to: { path: "node_modules/bcryptjs" },
    },
    {
      name: "only-db-holds-sql",
      comment: "Every race is decided by one conditional statement, and they all stand in one package.",
      severity: "error",
      from: { pathNot: "^packages/db" },
      to: { path: "node_modules/(drizzle-orm|better-sqlite3)" },
    },
    {
      name: "cli-takes-types-of-the-api-only",
      comment:
        "The command is a client like any other: it knows what the router looks like, not what it does. It says sizes " +
        "in the same words as the pages.",
      severity: "error",
      from: { path: "^apps/cli/src", pathNot: "\\.test\\.ts$|/testing/" },
      to: {
        path: "^packages/(api|db)",
        pathNot: "^packages/api/src/byte-size\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "testing-stays-in-tests",
      comment: "The test kit is not part of the product.",
      severity: "error",
      from: { path: "^(apps|packages)", pathNot: "\\.test\\.ts$|\\.child\\.ts$|/testing/" },
      to: { path: "^packages/auth/src/testing" },
    },
    {
      name: "the-instrument-stays-out-of-builds",
      comment: "By the imports of package.json a build gets absent.ts in its place; a path would get the thing itself.",
      severity: "error",
      from: { path: "^apps/web/src", pathNot: "/devtools/|\\.dev\\.ts$" },
      to: { path: "^apps/web/src/devtools", pathNot: "/absent\\.ts$" },
    },
    {
      name: "no-unresolved",
      comment: "An import that resolves to nothing fails at run time. The command is not built yet when this is asked.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^\\.\\./dist/main\\.mjs$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Of ours alone: most libraries keep their code in a "dist", and rules about libraries have to see it.
    exclude: { path: "^(apps|packages)/[^/]+/(\\.next|dist|\\.turbo)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};

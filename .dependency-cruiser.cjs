/** The arrows inside the packages; between them `turbo boundaries` watches. Each rule says what it keeps true. */
const core = "^packages/auth/src/core";
const web = "^apps/web/src";
const notForTests = "\\.(?:test|child|harness)\\.tsx?$|/testing/";

/** From the top down. A folder imports folders of lower levels only: none above it, and none beside it. "" is the root itself. */
const levels = {
  [core]: [
    [""],
    ["flows"],
    ["tokens"],
    ["credentials"],
    ["rate-limit"],
    ["email"],
    ["audit"],
    ["identifiers"],
    ["ports"],
    ["domain"],
  ],
  "^packages/db/src/sqlite": [["stores"], ["migrations"], ["connection"]],
  // The files of Next's own beside the folders (`proxy.ts`, `instrumentation.ts`) may import all.
  [web]: [
    [""],
    ["app"],
    ["forms", "session"],
    ["ui"],
    ["boot"],
    ["http"],
    ["server", "email", "devtools", "operator-cli"],
    ["env", "format", "lists", "messages"],
  ],
};

const inside = (room, folder) => (folder === "" ? `${room}/[^/]+$` : `${room}/${folder}/`);

function rulesOf(room, levelsOfRoom) {
  const name = room.replace(/^\^(?:packages|apps)\//, "").replaceAll("/src", "");
  return levelsOfRoom.flatMap((beside, level) =>
    beside.flatMap((folder) => {
      const above = levelsOfRoom
        .slice(0, level + 1)
        .flat()
        .filter((other) => other !== folder);
      if (above.length === 0) return [];
      return [
        {
          name: `${name}/${folder}-imports-what-is-below`,
          comment:
            "A folder that also imports upward can only be read, tested and changed together with what is above it.",
          severity: "error",
          from: { path: inside(room, folder), pathNot: notForTests },
          to: { path: above.map((other) => inside(room, other)).join("|") },
        },
      ];
    }),
  );
}

/** A folder that stands in no level would be under no rule. */
const noOtherFolder = ([room, levelsOfRoom]) => ({
  name: `${room.replace(/^\^(?:packages|apps)\//, "").replaceAll("/src", "")}-has-no-other-folder`,
  comment: "A folder that stands in no level would be under no rule.",
  severity: "error",
  from: {},
  to: { path: `${room}/[^/]+/`, pathNot: `${room}/(?:${levelsOfRoom.flat().filter(Boolean).join("|")})/` },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment:
        "A circle of files can only be read, tested and changed all at once. An import of a type ties it like any other.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(levels).flatMap(([room, levelsOfRoom]) => rulesOf(room, levelsOfRoom)),
    ...Object.entries(levels)
      .filter(([room]) => !room.includes("packages/db"))
      .map(noOtherFolder),
    {
      name: "flows-are-composed-in-one-place",
      comment:
        "`createAuth` puts the flows together, `create-deps.ts` makes what they share, and `index.ts` names what is public of them. Nothing else knows a flow.",
      severity: "error",
      from: { pathNot: `${core}/(?:auth|create-deps|index)\\.ts$|${core}/flows/|\\.test\\.ts$` },
      to: { path: `${core}/flows/` },
    },
    {
      name: "authentication-is-made-in-one-place",
      comment: "No flow can begin a session for a user who has proved nothing. The type is for all.",
      severity: "error",
      from: { pathNot: `${core}/flows/authentication/authenticate\\.ts$|\\.test\\.ts$` },
      to: { path: `${core}/domain/authentication\\.ts$`, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "auth-ts-is-the-top",
      comment: "`auth.ts` is composition only.",
      severity: "error",
      from: { pathNot: `${core}/index\\.ts$|\\.test\\.ts$` },
      to: { path: `${core}/auth\\.ts$` },
    },
    {
      name: "trpc-folders-import-what-is-below",
      comment:
        "`index.ts` names what is public. Below it: http, routers, the procedures' files, client-address, subscriptions.",
      severity: "error",
      from: {
        path: "^packages/auth/src/trpc/(?:(?!index\\.ts)[^/]+\\.ts|client-address/|subscriptions/)",
        pathNot: notForTests,
      },
      to: { path: "^packages/auth/src/trpc/(?:http|routers)/" },
    },
    {
      name: "trpc-ground-imports-no-procedure",
      comment: "What reads an address, and what bounds a stream, knows neither context nor procedures.",
      severity: "error",
      from: { path: "^packages/auth/src/trpc/(?:client-address|subscriptions)/", pathNot: notForTests },
      to: { path: "^packages/auth/src/trpc/[^/]+\\.ts$", pathNot: "/request-headers\\.ts$" },
    },
    {
      name: "direct-path-knows-no-login",
      comment: "The direct path carries the calls of any router: what is a login's own comes in as a function.",
      severity: "error",
      from: { path: "^packages/auth/src/trpc/http/direct/", pathNot: notForTests },
      to: {
        path: "^packages/auth/src/",
        pathNot: "^packages/auth/src/trpc/(?:http/direct/|request-headers\\.ts$)",
      },
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
      comment: "Metrics count events, and take no part in what they count.",
      severity: "error",
      from: { path: "^packages/auth/src/metrics", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/auth/src/(core|trpc|client|testing)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-takes-types-only",
      comment: "What a browser loads must not bring server code along. The list of terminal reasons imports nothing.",
      severity: "error",
      from: { path: "^packages/auth/src/client", pathNot: "\\.test\\.ts$" },
      to: {
        path: "^packages/auth/src/(core|trpc|testing|token-file)|^node:",
        pathNot: `${core}/domain/terminal-reasons\\.ts$`,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "terminal-reasons-import-nothing",
      comment: "A browser loads this file.",
      severity: "error",
      from: { path: `${core}/domain/terminal-reasons\\.ts$` },
      to: {},
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
      comment: "One file each decides what a valid signature, a valid token, a key and an encrypted credential is.",
      severity: "error",
      from: { pathNot: "(jws|signing-key|secret-data)\\.ts$|\\.test\\.ts$" },
      to: { path: "node_modules/jose" },
    },
    {
      name: "only-the-worker-imports-bcryptjs",
      comment: "A hash on the main thread stops every other request for a third of a second.",
      severity: "error",
      from: { pathNot: "bcrypt-worker\\.mjs$|\\.test\\.ts$" },
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
      from: { path: "^(apps|packages)", pathNot: "\\.test\\.ts$|\\.child\\.ts$|/testing/|^packages/[^/]+/test/" },
      to: { path: "^packages/auth/src/testing" },
    },
    {
      name: "our-own-harness-stays-out-of-src",
      comment: "What `packages/*/test` holds is in no entry of a package: only tests import it.",
      severity: "error",
      from: { pathNot: "\\.test\\.tsx?$|\\.child\\.ts$|^packages/[^/]+/test/" },
      to: { path: "^packages/[^/]+/test/" },
    },
    {
      name: "the-kit-needs-no-test-runner",
      comment: "A bench and a program of an adopter load the kit, too. The store contract is an entry of its own.",
      severity: "error",
      from: { path: "^packages/auth/src/testing/", pathNot: "\\.test\\.ts$|/store-contract/" },
      to: { path: "node_modules/vitest|^packages/auth/src/testing/store-contract/" },
    },
    {
      name: "the-devtools-stay-out-of-builds",
      comment: "By the imports of package.json a build gets absent.ts in its place; a path would get the thing itself.",
      severity: "error",
      from: { path: web, pathNot: "/devtools/|\\.dev\\.ts$" },
      to: { path: `${web}/devtools`, pathNot: "/absent\\.ts$" },
    },
    {
      name: "no-unresolved",
      comment: "An import that resolves to nothing fails at run time. The command is not built yet when this is asked.",
      severity: "error",
      from: { pathNot: "next-env\\.d\\.ts$" },
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

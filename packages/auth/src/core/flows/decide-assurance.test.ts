import { describe, expect, it } from "vitest";
import type { CredentialUseKind } from "../ports/credential-kind.ts";
import { type Assurance, type AssurancePurpose, decideAssurance } from "./decide-assurance.ts";

const now = 1_000_000;
const maxAgeMs = 600_000;
const known = new Map<string, CredentialUseKind>([
  ["password", "first_factor"],
  ["code", "second_factor"],
  ["passkey", "multi_factor"],
]);
const purposes: readonly AssurancePurpose[] = [
  "login",
  "registration",
  "registration_link",
  "reset_link",
  "invitation_link",
  "verify_link",
  "change_link",
  "step_up",
  "credential_change",
  "administration",
  "refresh",
];

interface Case {
  kinds: readonly string[];
  /** Proven a moment ago. */
  proven?: readonly string[];
  at?: number;
}

const decide = (purpose: AssurancePurpose, { kinds, proven = [], at = now }: Case): Assurance =>
  decideAssurance({
    purpose,
    account: { kinds },
    known,
    proven: proven.map((kind) => ({ kind, at })),
    now,
    maxAgeMs,
  });

const sufficient = { outcome: "sufficient" };
const missing = (...methods: string[]) => ({ outcome: "missing", methods });

function subsetsOf(all: readonly string[]): string[][] {
  const [one, ...others] = all;
  if (one === undefined) return [[]];
  return subsetsOf(others).flatMap((set) => [set, [one, ...set]]);
}

/** Every account and every set of proven kinds. */
const allCases = subsetsOf(["password", "code", "passkey"]).flatMap((kinds) =>
  subsetsOf(["password", "code", "passkey"]).map((proven) => ({ kinds, proven })),
);

describe("decideAssurance()", () => {
  it.each<[AssurancePurpose, Case, object]>([
    ["login", { kinds: ["password"], proven: ["password"] }, sufficient],
    ["login", { kinds: ["password"] }, missing("password")],
    ["login", { kinds: ["code", "password"], proven: ["password"] }, missing("code")],
    ["login", { kinds: ["code", "password"], proven: ["code"] }, missing("password")],
    ["login", { kinds: ["code", "password"], proven: ["code", "password"] }, sufficient],
    ["login", { kinds: ["passkey", "password"], proven: ["password"] }, sufficient],
    ["login", { kinds: ["code", "passkey", "password"], proven: ["password"] }, missing("code", "passkey")],
    ["login", { kinds: ["code", "passkey", "password"], proven: ["passkey"] }, sufficient],
    ["login", { kinds: [] }, missing()],
    ["registration", { kinds: ["password"], proven: ["password"] }, sufficient],
    ["registration_link", { kinds: ["password"], proven: ["password"] }, sufficient],
    ["reset_link", { kinds: ["code", "password"] }, sufficient],
    ["invitation_link", { kinds: [] }, sufficient],
    ["verify_link", { kinds: [] }, sufficient],
    ["change_link", { kinds: ["password"] }, sufficient],
    ["step_up", { kinds: ["code", "password"] }, missing("code", "password")],
    ["step_up", { kinds: ["code", "password"], proven: ["password"] }, sufficient],
    ["step_up", { kinds: ["code", "password"], proven: ["code"] }, sufficient],
    ["credential_change", { kinds: ["code", "password"], proven: ["password"] }, missing("code")],
    ["credential_change", { kinds: ["code", "password"], proven: ["code"] }, missing("password")],
    ["administration", { kinds: ["code", "password"], proven: ["password"] }, missing("code")],
    ["administration", { kinds: ["code", "password"], proven: ["code", "password"] }, sufficient],
    ["refresh", { kinds: ["code", "password"] }, sufficient],
  ])("%s of %o is %o", (purpose, one, assurance) => {
    expect(decide(purpose, one)).toEqual(assurance);
  });

  it.each(purposes)("%s of an account with a kind that is not known is never decided", (purpose) => {
    for (const { kinds, proven } of allCases) {
      const account = { kinds: [...kinds, "of_tomorrow"], proven: [...proven, "of_tomorrow"] };
      expect(decide(purpose, account)).toEqual({ outcome: "unknown_kind", kinds: ["of_tomorrow"] });
    }
  });

  it.each(purposes)("%s with more proven is never further from sufficient", (purpose) => {
    for (const { kinds, proven } of allCases) {
      if (decide(purpose, { kinds, proven }).outcome !== "sufficient") continue;
      for (const one of ["password", "code", "passkey"]) {
        expect(decide(purpose, { kinds, proven: [...proven, one] })).toEqual(sufficient);
      }
    }
  });

  it.each<AssurancePurpose>(["login", "credential_change", "administration"])(
    "%s of an account with a second factor is never sufficient without it",
    (purpose) => {
      for (const { kinds, proven } of allCases.filter((one) => one.kinds.includes("code"))) {
        if (decide(purpose, { kinds, proven }).outcome !== "sufficient") continue;
        expect(proven.some((kind) => kind !== "password" && kinds.includes(kind))).toBe(true);
      }
    },
  );

  it.each(purposes)("%s names only kinds that the account has, and each brings it further", (purpose) => {
    const left = (assurance: Assurance) => (assurance.outcome === "missing" ? assurance.methods.length : 0);
    for (const { kinds, proven } of allCases) {
      const assurance = decide(purpose, { kinds, proven });
      for (const method of assurance.outcome === "missing" ? assurance.methods : []) {
        expect(kinds).toContain(method);
        expect(left(decide(purpose, { kinds, proven: [...proven, method] }))).toBeLessThan(left(assurance));
      }
    }
  });

  it("a kind that the account does not have any more proves nothing", () => {
    expect(decide("step_up", { kinds: ["password"], proven: ["code"] })).toEqual(missing("password"));
    expect(decide("login", { kinds: ["code", "password"], proven: ["password", "passkey"] })).toEqual(missing("code"));
  });

  it.each([
    ["at this moment", 0, true],
    ["a millisecond before it is too old", 1 - maxAgeMs, true],
    ["when it becomes too old", -maxAgeMs, false],
    ["by a clock a minute ahead", 60_000, true],
    ["further in the future (T07)", 60_001, false],
  ])("what was proven %s counts: %s %s", (_, difference, counts) => {
    const one = { kinds: ["password"], proven: ["password"], at: now + difference };
    for (const purpose of ["login", "step_up"] as const) {
      expect(decide(purpose, one)).toEqual(counts ? sufficient : missing("password"));
    }
  });
});

/** The file that `docs` shows: the answers of the function itself, so that it cannot say anything else. */
function printTable(): string {
  const accounts = [
    ["password"],
    ["code", "password"],
    ["passkey", "password"],
    ["code", "passkey", "password"],
    ["passkey"],
    [],
  ];
  const sayings = (one: Case) =>
    (["login", "step_up", "refresh"] as const).map((purpose) => {
      const assurance = decide(purpose, one);
      if (assurance.outcome === "sufficient") return "sufficient";
      return assurance.outcome === "missing" && assurance.methods.length > 0
        ? `missing: ${assurance.methods.join(" or ")}`
        : "missing, and nothing can be proven";
    });
  const rows = accounts.flatMap((kinds) =>
    subsetsOf(kinds).map((proven) => [
      kinds.join(", ") || "none",
      proven.join(", ") || "nothing",
      ...sayings({ kinds, proven }),
    ]),
  );
  const same = (purpose: AssurancePurpose) =>
    purposes
      .filter((other) => allCases.every((one) => sayingOf(other, one) === sayingOf(purpose, one)))
      .map((name) => `\`${name}\``)
      .join(", ");
  return [
    "# The assurance rule",
    "",
    "What a user has to prove before they do something. Every way in asks `decideAssurance`",
    "(`packages/auth/src/core/flows/decide-assurance.ts`). A test prints this file from that function and compares it.",
    "",
    `- **All factors**: ${same("login")}`,
    `- **Any one**: ${same("step_up")}`,
    `- **Nothing more**: ${same("refresh")}. A link has proved the address, a refresh token the session that began. None of them begins a`,
    "  session for more than it had.",
    "",
    "`password` is a first factor. `code` stands for any second factor, and `passkey` for any kind that is both. What was proven",
    "longer ago than the purpose allows, or by a kind that the account does not have any more, counts as not proven.",
    "",
    "An account with a kind that this version does not know is in no row: every purpose ends in `temporarily_unavailable`. No",
    "session begins, none ends, no cookie is cleared, no link and no challenge is consumed.",
    "",
    ...markdownTable([["The account has", "Proven", "All factors", "Any one", "Nothing more"], ...rows]),
    "",
  ].join("\n");
}

function sayingOf(purpose: AssurancePurpose, one: Case): string {
  return JSON.stringify(decide(purpose, one));
}

function markdownTable(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)];
}

it("docs/assurance.md is the table of the rule", async () => {
  await expect(printTable()).toMatchFileSnapshot("../../../../../docs/assurance.md");
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError } from "../../domain/config-error.ts";
import { passwordMaxLength } from "../../domain/settings.ts";
import type { PasswordHasher } from "../../ports/password-hasher.ts";
import { createPasswordHasher, type PasswordHasherOptions } from "./bcrypt-hasher.ts";
import { type HashJob, startPasswordWorker } from "./worker-pool.ts";

const match = { matches: true, needsUpgrade: false, unusable: false };
const stale = { matches: true, needsUpgrade: true, unusable: false };
const noMatch = { matches: false, needsUpgrade: false, unusable: false };
const unusable = { matches: false, needsUpgrade: false, unusable: true };

/** Of "correct horse battery", of a text with U+212B and U+1F511, and of 80 a; made by libxcrypt, not by bcryptjs. */
const plainHash = "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
const plainUnicodeHash = "$2b$04$abcdefghijklmnopqrstuu7Vp2yRCf9AQtRjupTxco67YURudF//C";
const plainHashOf80 = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";

const hashers: PasswordHasher[] = [];
afterAll(() => Promise.all(hashers.map((hasher) => hasher.close())));

const { hasher } = makeHasher();

describe("hash() and verify()", () => {
  test("match the same password and no other", async () => {
    const stored = await hasher.hash("correct horse battery");
    expect(stored).toMatch(/^ww1\.hmac-sha384\.none\.\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(await hasher.verify("correct horse battery", stored)).toEqual(match);
    for (const other of ["correct horse batterz", "Correct horse battery", " correct horse battery", ""]) {
      expect(await hasher.verify(other, stored)).toEqual(noMatch);
    }
  });

  test("never make the same hash twice", async () => {
    expect(await hasher.hash("correct horse battery")).not.toBe(await hasher.hash("correct horse battery"));
  });

  test("take the salt from the random source they were given", async () => {
    const { hasher: fixed } = makeHasher({ randomBytes: (bytes) => new Uint8Array(bytes) });
    expect(await fixed.hash("a")).toMatch(/\$2b\$04\$\.{22}/);
  });

  test.each([
    ["after the 72nd byte", `${"a".repeat(72)}X`, `${"a".repeat(72)}Y`],
    ["beyond 72 bytes at all", "a".repeat(72), "a".repeat(73)],
    ["in the 19th emoji, 72 bytes in", `${"🔑".repeat(18)}🔑`, `${"🔑".repeat(18)}🔒`],
    ["in the 64th emoji, the last of 256 bytes", `${"🔑".repeat(63)}🔑`, `${"🔑".repeat(63)}🔒`],
    ["in the last of the longest password", "a".repeat(passwordMaxLength), `${"a".repeat(passwordMaxLength - 1)}b`],
    ["in spaces at the end", "correct horse ", "correct horse"],
  ])("tell passwords apart that differ %s (bcrypt reads 72 bytes only)", async (_, mine, other) => {
    const stored = await hasher.hash(mine);
    expect(await hasher.verify(mine, stored)).toEqual(match);
    expect(await hasher.verify(other, stored)).toEqual(noMatch);
  });

  test.each([
    ["composed (NFC) and decomposed (NFD)", "\u00c5ngstr\u00f6m caf\u00e9", "A\u030angstro\u0308m cafe\u0301"],
    ["halfwidth and fullwidth", "Passw0rd phrase", "\uff30\uff41\uff53\uff53\uff57\uff10\uff52\uff44\u3000phrase"],
    ["a ligature and its letters", "sta\ufb00 office", "staff office"],
  ])("take one password typed in two ways as one: %s", async (_, one, other) => {
    expect(await hasher.verify(other, await hasher.hash(one))).toEqual(match);
    expect(await hasher.verify(one, await hasher.hash(other))).toEqual(match);
  });

  test("match any well-formed password without NUL", async () => {
    const codePoint = fc.oneof(fc.integer({ min: 1, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
    const password = fc.array(codePoint, { maxLength: 200 }).map((each) => String.fromCodePoint(...each));
    await fc.assert(
      fc.asyncProperty(password, async (text) => {
        expect(await hasher.verify(text, await hasher.hash(text))).toEqual(match);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["too long, by far", "secret ".repeat(750_000)],
    ["one code point too long", `${"secret ".repeat(146)}xyz`],
    ["with a NUL", "secret\0phrase"],
    ["with a lone surrogate", "secret \ud83d phrase"],
  ])("reject a password that is %s before it reaches a thread", async (_, password) => {
    const { hasher: counted, jobs } = makeHasher();
    for (const rejected of [
      counted.hash(password),
      counted.verify(password, plainHash),
      counted.verify(password, undefined),
    ]) {
      const error = await rejected.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ reason: "validation_failed", fields: { password: [expect.any(String)] } });
      expect(inspect(error, { depth: 20, showHidden: true }).includes("secret")).toBe(false);
    }
    expect(jobs).toHaveLength(0);
  });
});

describe("verify() of another system's bcrypt hash", () => {
  test.each(["$2a$", "$2b$", "$2y$"])("matches %s with what was typed, and asks for an upgrade", async (version) => {
    const stored = version + plainHash.slice(4);
    expect(await hasher.verify("correct horse battery", stored)).toEqual(stale);
    expect(await hasher.verify("correct horse batterz", stored)).toEqual(noMatch);
  });

  test("compares the bytes as typed, once, and no normalised form of them", async () => {
    const { hasher: counted, jobs } = makeHasher();
    expect(await counted.verify("\u212bngstr\u00f6m 🔑", plainUnicodeHash)).toEqual(stale);
    expect(await counted.verify("\u00c5ngstr\u00f6m 🔑", plainUnicodeHash)).toEqual(noMatch);
    expect(jobs).toHaveLength(2);
  });

  test("asks for no upgrade where bcrypt did not read all that was typed: a slip there must not become the password", async () => {
    const slipped = `${"a".repeat(72)}Y`;
    expect(await hasher.verify("a".repeat(80), plainHashOf80)).toEqual(match);
    expect(await hasher.verify(slipped, plainHashOf80)).toEqual(match);
    expect(await hasher.verify("a".repeat(72), plainHashOf80)).toEqual(stale);
  });
});

describe("verify() of a hash made in an older way", () => {
  const first = { id: "p1", secret: "the first pepper, of 32 bytes or more" };
  const second = { id: "p2", secret: "the second pepper, of 32 bytes or more" };

  test("matches and asks for an upgrade when the cost was raised, and for none when it was lowered", async () => {
    const { hasher: dearer } = makeHasher({ cost: 5 });
    expect(await dearer.verify("pass phrase", await hasher.hash("pass phrase"))).toEqual(stale);
    expect(await hasher.verify("pass phrase", await dearer.hash("pass phrase"))).toEqual(match);
  });

  test("an upgrade for another reason keeps a cost that is higher than the setting", async () => {
    const { hasher: dearer } = makeHasher({ cost: 6 });
    const { hasher: peppered } = makeHasher({ pepper: first });
    const stored = await dearer.hash("pass phrase");
    expect(await peppered.verify("pass phrase", stored)).toEqual(stale);
    expect(await peppered.hash("pass phrase", stored)).toMatch(/^ww1\.hmac-sha384\.p1\.\$2b\$06\$/);
    expect(await peppered.hash("pass phrase")).toContain("$04$");
    expect(await dearer.hash("pass phrase", plainHash)).toContain("$06$");
    expect(await peppered.hash("pass phrase", plainHash.replace("$04$", "$31$"))).toContain("$04$");
  });

  test("matches with the pepper that it names, and asks for an upgrade when that is not the current one", async () => {
    const { hasher: withFirst } = makeHasher({ pepper: first });
    const { hasher: withSecond } = makeHasher({ pepper: second, previousPeppers: [first] });
    const { hasher: withNone } = makeHasher({ previousPeppers: [first, second] });
    const [none, p1, p2] = await Promise.all([hasher, withFirst, withSecond].map((each) => each.hash("pass phrase")));
    expect(p1).toMatch(/^ww1\.hmac-sha384\.p1\.\$2b\$/);
    expect(await withFirst.verify("pass phrase", p1)).toEqual(match);
    expect(await withSecond.verify("pass phrase", p2)).toEqual(match);
    expect(await withSecond.verify("pass phrase", p1)).toEqual(stale);
    expect(await withSecond.verify("pass phrase", none)).toEqual(stale);
    expect(await withNone.verify("pass phrase", p2)).toEqual(stale);
    expect(await withSecond.verify("pass phrasf", p1)).toEqual(noMatch);
  });

  test("is unusable when it names a pepper that is not here, and does not match one of the same id", async () => {
    const { hasher: withFirst } = makeHasher({ pepper: first });
    const { hasher: impostor } = makeHasher({ pepper: { ...first, secret: second.secret } });
    const stored = await withFirst.hash("pass phrase");
    expect(await hasher.verify("pass phrase", stored)).toEqual(unusable);
    expect(await impostor.verify("pass phrase", stored)).toEqual(noMatch);
  });
});

describe("verify() of what cannot match", () => {
  const hopeless = [
    ["cost 31", plainHash.replace("$04$", "$31$")],
    ["cost 31, in our own format", `ww1.hmac-sha384.none.${plainHash.replace("$04$", "$31$")}`],
    ["cost 16, one above the bound", plainHash.replace("$04$", "$16$")],
    ["cost 3", plainHash.replace("$04$", "$03$")],
    ["nothing", ""],
    ["a password in clear", "correct horse battery"],
    ["half a hash", plainHash.slice(0, 40)],
    ["a pepper that is not here", `ww1.hmac-sha384.gone.${plainHash}`],
  ] as const;

  test.each(hopeless)("says unusable, and the thread lives on: %s", async (_, stored) => {
    expect(await hasher.verify("correct horse battery", stored)).toEqual(unusable);
    expect(await hasher.verify("correct horse battery", plainHash)).toEqual(stale);
  });

  const { hasher: counted, jobs } = makeHasher({ cost: 5 });
  test.each([...hopeless, ["nobody of that name", undefined] as const])(
    "takes the very work that a real comparison takes (ASVS 6.3.8): %s",
    async (_, stored) => {
      const realWork = { inputLength: 64, saltCost: "05", workCost: 5 };
      jobs.splice(0);
      expect(await counted.verify("pass phrase", await counted.hash("pass phrase"))).toEqual(match);
      expect(await counted.verify("pass phrase", stored)).toEqual(stored === undefined ? noMatch : unusable);
      expect(jobs.map(workOf)).toEqual([realWork, realWork, realWork]);
    },
  );

  test("makes a hash of a lower cost take the work of the current one: an old account does not stand out", async () => {
    const { hasher: dearer, jobs: dearerJobs } = makeHasher({ cost: 6 });
    expect(await dearer.verify("wrong", plainHash)).toEqual(noMatch);
    expect(dearerJobs[0]).toMatchObject({ workCost: 6 });
    expect(await dearer.verify("correct horse battery", plainHash)).toEqual(stale);
  });
});

describe("createPasswordHasher()", () => {
  test("starts no thread before the first job", () => {
    const { workers } = makeHasher();
    expect(workers).toHaveLength(0);
  });

  test("rejects at once what finds the queue full, and says when to come back (fault case P06)", async () => {
    const { hasher: small } = makeHasher({ maxThreads: 1, queueLimit: 2 });
    const accepted = ["a", "b", "c"].map((password) => small.hash(password));
    const full = { reason: "temporarily_unavailable", status: 503, retryAfterSeconds: 1 };
    await expect(small.hash("d")).rejects.toMatchObject(full);
    await expect(small.verify("d", undefined)).rejects.toMatchObject(full);
    expect(await Promise.all(accepted)).toHaveLength(3);
  });

  test("rejects work after close()", async () => {
    const { hasher: closed } = makeHasher();
    await closed.hash("a");
    await closed.close();
    await expect(closed.hash("a")).rejects.toMatchObject({ reason: "temporarily_unavailable" });
    await expect(closed.verify("a", plainHash)).rejects.toMatchObject({ reason: "temporarily_unavailable" });
  });

  test.each([
    [{ cost: 3 }, "cost"],
    [{ cost: 16 }, "cost"],
    [{ cost: 4.5 }, "cost"],
    [{ cost: Number.NaN }, "cost"],
    [{ maxThreads: 0 }, "maxThreads"],
    [{ queueLimit: -1 }, "queueLimit"],
    [{ cost: 12, maxVerifyCost: 11 }, "maxVerifyCost"],
    [{ maxVerifyCost: 18 }, "maxVerifyCost"],
    [{ pepper: { id: "none", secret: "s".repeat(32) } }, "pepper.id"],
    [{ pepper: { id: "a.b", secret: "s".repeat(32) } }, "pepper.id"],
    [{ pepper: { id: "p1", secret: "hush" } }, "pepper.secret"],
    [
      { pepper: { id: "p1", secret: "s".repeat(32) }, previousPeppers: [{ id: "p1", secret: "t".repeat(32) }] },
      "previousPeppers",
    ],
  ] satisfies [PasswordHasherOptions, string][])("rejects %j, and names %s", (options, name) => {
    const make = () => createPasswordHasher(options);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(new RegExp(`^${name}: `));
    expect(make).not.toThrow(/hush/);
  });
});

describe("the main thread", () => {
  test("never hashes: bcrypt-worker.mjs alone imports bcryptjs, and nobody imports that file", () => {
    const sources = join(import.meta.dirname, "../../..");
    const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.[cm]?[jt]sx?$/.test(file),
    );
    const importing = (what: RegExp) =>
      files
        .filter((file) => what.test(readFileSync(join(sources, file), "utf8")))
        .map((file) => file.replaceAll("\\", "/"));
    expect(importing(/(from|import|require)\s*\(?\s*["']bcryptjs/)).toEqual([
      "core/credentials/password/bcrypt-worker.mjs",
    ]);
    expect(importing(/(from|import|require)\s*\(?\s*["'][^"']*bcrypt-worker/)).toEqual([]);
  });

  test("keeps turning while eight passwords are being hashed", async () => {
    const { hasher: busy } = makeHasher({ cost: 8, maxThreads: 1 });
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    await Promise.all(Array.from({ length: 8 }, (_, at) => busy.hash(String(at))));
    clearInterval(turning);
    expect(turns).toBeGreaterThan(20);
  });
});

function makeHasher(options: PasswordHasherOptions = {}) {
  const jobs: HashJob[] = [];
  const workers: Worker[] = [];
  const startWorker = () => {
    const worker = startPasswordWorker();
    const postMessage = worker.postMessage.bind(worker);
    worker.postMessage = (job: HashJob) => {
      jobs.push(job);
      postMessage(job);
    };
    workers.push(worker);
    return worker;
  };
  const made = createPasswordHasher({ cost: 4, startWorker, ...options });
  hashers.push(made);
  return { hasher: made, jobs, workers };
}

/** What decides how long a job takes. */
function workOf(job: HashJob | undefined) {
  return { inputLength: job?.input.length, saltCost: job?.salt.slice(4, 6), workCost: job?.workCost };
}

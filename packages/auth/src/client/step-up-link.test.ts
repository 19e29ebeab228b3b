import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { describe, expect, it } from "vitest";
import { httpOptions, rejectionOf, startClient } from "../../test/test-client.ts";
import type { TestRouter } from "../testing/test-app.ts";
import { ada } from "../testing/test-auth.ts";
import { reasonOf } from "./errors.ts";
import { refreshLink } from "./refresh-link.ts";
import { type StepUpMethods, stepUpLink } from "./step-up-link.ts";

const text = { text: "x" };

/** A client whose password was given too long ago, and a user who answers when they are asked for it. */
async function start({ accessTokenTtlSeconds = 3600 } = {}) {
  const started = await startClient({ accessTokenTtlSeconds });
  const { wire, session } = started;
  const person = {
    asked: 0,
    methods: [] as StepUpMethods[],
    answer: (_methods: StepUpMethods): Promise<boolean> => confirm(),
  };
  const client = createTRPCClient<TestRouter>({
    links: [
      stepUpLink({
        stepUp(methods) {
          person.asked += 1;
          person.methods.push(methods);
          return person.answer(methods);
        },
      }),
      refreshLink({ session }),
      httpBatchLink({ ...httpOptions(started), maxItems: 20 }),
    ],
  });
  async function confirm(): Promise<boolean> {
    return (await client.auth.confirmPassword.mutate({ password: ada.password })).confirmed;
  }
  const grow = (seconds: number) => started.app.clock.advance(seconds * 1000);
  return { ...started, client, person, confirm, grow, calls: wire.calls };
}

describe("stepUpLink()", () => {
  it("asks nothing while the proof is fresh", async () => {
    const { client, person, calls } = await start();
    expect(await client.app.erase.mutate(text)).toBe("x");
    expect([person.asked, calls]).toEqual([0, ["app.erase"]]);
  });

  it("asks when the server does, and makes exactly the same call again, once", async () => {
    const { client, person, calls, grow } = await start();
    grow(600);
    expect(await client.app.erase.mutate(text)).toBe("x");
    expect([person.asked, calls]).toEqual([1, ["app.erase", "auth.confirmPassword", "app.erase"]]);
  });

  it("does the same for calls of auth, which are sent alone", async () => {
    const { client, grow, calls } = await start();
    grow(600);
    expect(await client.auth.changeName.mutate({ name: "Ada King" })).toEqual({ name: "Ada King" });
    expect(calls).toEqual(["auth.changeName", "auth.confirmPassword", "auth.changeName"]);
  });

  it("rejects the call when the answer is no, and sends nothing again", async () => {
    const { client, person, calls, grow } = await start();
    person.answer = async () => false;
    grow(600);
    expect(await rejectionOf(client.app.erase.mutate(text))).toBe("reauthentication_required");
    expect(calls).toEqual(["app.erase"]);
  });

  it("rejects the call when the question itself fails", async () => {
    const { client, person, grow } = await start();
    person.answer = () => Promise.reject(new Error("There is no dialog"));
    grow(600);
    expect(await rejectionOf(client.app.erase.mutate(text))).toBe("reauthentication_required");
  });

  it("asks once for 20 calls at once, and makes each of them again once", async () => {
    const { client, person, wire, grow } = await start();
    grow(600);
    const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
    expect(await Promise.all(texts.map((one) => client.app.erase.mutate({ text: one })))).toEqual(texts);
    expect([person.asked, wire.count("app.erase"), wire.count("auth.confirmPassword")]).toEqual([1, 40, 1]);
  });

  it("asks again for a call that comes after a no", async () => {
    const { client, person, confirm, grow } = await start();
    person.answer = async () => false;
    grow(600);
    await rejectionOf(client.app.erase.mutate(text));
    person.answer = confirm;
    expect(await client.app.erase.mutate(text)).toBe("x");
    expect(person.asked).toBe(2);
  });

  it("asks once for a call when the answer does not help, however often the server wants it", async () => {
    const { client, person, wire, grow } = await start();
    person.answer = async () => true;
    grow(600);
    expect(await rejectionOf(client.app.erase.mutate(text))).toBe("reauthentication_required");
    expect([person.asked, wire.count("app.erase")]).toEqual([1, 2]);
  });

  it("asks about nothing else: other rejections go by, and other calls of a batch are answered", async () => {
    const { client, person, wire, grow } = await start();
    grow(600);
    const [, mine] = await Promise.all([client.app.erase.mutate(text), client.app.add.mutate({ text: "mine" })]);
    expect([mine, wire.count("app.add"), person.asked]).toEqual(["mine", 1, 1]);
    expect(await rejectionOf(client.app.broken.query())).toBe("internal_error");
    expect(person.asked).toBe(1);
  });

  it("refreshes by itself when the access token has expired too", async () => {
    const { client, person, wire, grow } = await start({ accessTokenTtlSeconds: 300 });
    grow(600);
    expect(await client.app.erase.mutate(text)).toBe("x");
    expect([person.asked, wire.count("auth.refresh")]).toEqual([1, 1]);
  });

  it("makes no call again that was aborted during the question", async () => {
    const { client, person, wire, confirm, grow } = await start();
    const left = new AbortController();
    let answered: Promise<boolean> | undefined;
    person.answer = () => {
      left.abort();
      answered = confirm();
      return answered;
    };
    grow(600);
    await expect(client.app.erase.mutate(text, { signal: left.signal })).rejects.toThrow();
    expect(await answered).toBe(true);
    await client.app.open.query();
    expect(wire.count("app.erase")).toBe(1);
  });
});

describe("stepUpLink() with methods", () => {
  it("passes on the methods that the server names", async () => {
    const { client, person, grow } = await start();
    grow(600);
    await client.app.erase.mutate(text);
    expect(person.methods).toEqual([["password"]]);
  });

  /** A call that is rejected so often, with these methods; undefined as an older server does it. */
  async function rejectedWith(...rejections: StepUpMethods[]) {
    const asked: StepUpMethods[] = [];
    let sent = 0;
    const client = createTRPCClient<TestRouter>({
      links: [
        stepUpLink({
          async stepUp(methods) {
            asked.push(methods);
            return true;
          },
        }),
        () => () =>
          observable((observer) => {
            const isRejected = sent < rejections.length;
            const methods = rejections[sent];
            sent += 1;
            if (isRejected) {
              const data = { reason: "reauthentication_required", ...(methods && { methods }) };
              return observer.error(TRPCClientError.from({ error: { code: -32_003, message: "Again", data } }));
            }
            observer.next({ result: { data: "done" } });
            observer.complete();
          }),
      ],
    });
    const answered = await client.app.erase.mutate(text).catch(reasonOf);
    return { asked, sent, answered };
  }

  const all = ["password", "device_key", "paper_code"];
  const rejected = "reauthentication_required";

  it.each<[string, StepUpMethods[], string, asked: number]>([
    ["two factors, one after the other", [all, ["device_key", "paper_code"]], "done", 2],
    ["three of them", [all, ["device_key", "paper_code"], ["paper_code"]], "done", 3],
    ["the same methods again: the answer did not help", [["password"], ["password"]], rejected, 1],
    ["other methods, and no fewer", [["password"], ["device_key"]], rejected, 1],
    ["more methods than before", [["password"], all], rejected, 1],
    ["a server that names no methods", [undefined], "done", 1],
    ["a server that names no methods, and asks again", [undefined, undefined], rejected, 1],
    ["a server that names ever fewer", [[...all, "a", "b"], [...all, "a"], all, ["a", "b"], ["a"]], rejected, 3],
  ])("asks as often as it helps: %s", async (_, rejections, outcome, asked) => {
    const call = await rejectedWith(...rejections);
    expect([call.answered, call.asked]).toEqual([outcome, rejections.slice(0, asked)]);
    expect(call.sent).toBe(asked + 1);
  });
});

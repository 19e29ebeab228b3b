import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { httpOptions, rejectionOf, startClient } from "../../test/test-client.ts";
import type { TestRouter } from "../testing/test-app.ts";
import { ada } from "../testing/test-auth.ts";
import { refreshLink } from "./refresh-link.ts";
import { stepUpLink } from "./step-up-link.ts";

const text = { text: "x" };

/** A client whose password was given too long ago, and somebody who answers when they are asked for it. */
async function start({ accessTokenTtlSeconds = 3600 } = {}) {
  const started = await startClient({ accessTokenTtlSeconds });
  const { wire, session } = started;
  const person = { asked: 0, answer: (): Promise<boolean> => confirm() };
  const client = createTRPCClient<TestRouter>({
    links: [
      stepUpLink({
        stepUp() {
          person.asked += 1;
          return person.answer();
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
  it("asks nobody while the proof is fresh", async () => {
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

  it("lets the caller hear the rejection when the answer is no, and sends nothing again", async () => {
    const { client, person, calls, grow } = await start();
    person.answer = async () => false;
    grow(600);
    expect(await rejectionOf(client.app.erase.mutate(text))).toBe("reauthentication_required");
    expect(calls).toEqual(["app.erase"]);
  });

  it("lets the caller hear the rejection when the question itself fails", async () => {
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

  it("asks a call once and no more, however often the server wants it", async () => {
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

  it("does nothing behind the back of whoever left during the question", async () => {
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

import { describe, expect, it } from "vitest";
import { createTestDevice } from "../../test/test-device.ts";
import { createTokenExpiry } from "./token-expiry.ts";

const second = 1000;
const day = 86_400 * second;

function start() {
  const device = createTestDevice();
  return { device, life: createTokenExpiry(device.timing) };
}

describe("createTokenExpiry()", () => {
  it("is due 20 seconds before the end, to the millisecond", () => {
    const { device, life } = start();
    life.begin(900, "a");
    device.pass(880 * second - 1);
    expect(life.isDue("a")).toBe(false);
    device.pass(1);
    expect(life.isDue("a")).toBe(true);
  });

  it("knows nothing of another pair, nor of a life shorter than the margin", () => {
    const { device, life } = start();
    life.begin(900, "a");
    device.pass(890 * second);
    expect(life.isDue("b")).toBe(false);
    life.begin(40, "c");
    device.pass(39 * second);
    expect(life.isDue("c")).toBe(false);
  });

  it("counts the time that the device has slept", () => {
    const { device, life } = start();
    life.begin(900, "a");
    device.sleep(600 * second);
    expect(life.isDue("a")).toBe(false);
    device.sleep(280 * second);
    expect(life.isDue("a")).toBe(true);
  });

  it("takes a pair of unknown age for due after a long sleep, once", () => {
    const { device, life } = start();
    expect(life.isDue("a")).toBe(false);
    device.sleep(59 * second);
    expect(life.isDue("a")).toBe(false);
    device.sleep(60 * second);
    expect(life.isDue("a")).toBe(true);
    life.giveUp();
    expect(life.isDue("a")).toBe(false);
  });

  it("does not take a pair for old that is new since the sleep", () => {
    const { device, life } = start();
    life.isDue("a");
    device.sleep(day);
    expect([life.isDue("b"), life.isDue("b")]).toEqual([false, false]);
  });

  it("knows of nothing to renew where nobody is logged in", () => {
    const { device, life } = start();
    life.isDue("");
    device.sleep(day);
    expect(life.isDue("")).toBe(false);
  });

  it.each([-400, -3, -0.5])("takes a clock that is set back by %d days for nothing (T04)", (days) => {
    const { device, life } = start();
    life.begin(900, "a");
    device.setClock(days * day);
    expect(life.isDue("a")).toBe(false);
    device.pass(880 * second);
    expect(life.isDue("a")).toBe(true);
  });

  it.each([0.5, 3, 400])("takes a clock that is set forward by %d days for one sleep (T04)", (days) => {
    const { device, life } = start();
    life.begin(900, "a");
    device.setClock(days * day);
    expect(life.isDue("a")).toBe(true);
    life.begin(900, "b");
    expect(life.isDue("b")).toBe(false);
  });

  it("takes small steps, by which clocks are put right, for no sleep", () => {
    const { device, life } = start();
    life.begin(900, "a");
    for (let step = 0; step < 1000; step += 1) {
      device.setClock(4 * second);
      expect(life.isDue("a")).toBe(false);
    }
  });
});

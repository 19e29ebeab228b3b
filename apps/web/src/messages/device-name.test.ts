import { expect, it } from "vitest";
import { deviceName } from "./device-name.ts";

const engine = "AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  ["Chrome on Linux", `Mozilla/5.0 (X11; Linux x86_64) ${engine} Chrome/150.0.0.0 Safari/537.36`],
  [
    "Edge on Windows",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${engine} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0`,
  ],
  ["Firefox on Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0"],
  [
    "Safari on iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 Version/26 Safari/604.1",
  ],
  ["Chrome on Android", `Mozilla/5.0 (Linux; Android 16) ${engine} Chrome/150.0.0.0 Mobile Safari/537.36`],
  ["curl", "curl/8.14.1"],
  ["A device that did not say what it is", ""],
  ["A device that did not say what it is", null],
])("deviceName() is %s", (name, userAgent) => {
  expect(deviceName(userAgent)).toBe(name);
});

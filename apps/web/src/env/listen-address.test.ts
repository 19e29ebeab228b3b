import { expect, it } from "vitest";
import { listenOn } from "../../listen-address.mjs";

it.each([
  [{}, { port: 3000, address: "127.0.0.1" }],
  [{ PORT: "3100" }, { port: 3100, address: "127.0.0.1" }],
  [
    { PORT: " ", APP_URL: "" },
    { port: 3000, address: "127.0.0.1" },
  ],
  [{ APP_URL: "http://[::1]:3499" }, { port: 3499, address: "::1" }],
  [{ APP_URL: "http://localhost:3499/" }, { port: 3499, address: "127.0.0.1" }],
  [
    { APP_URL: "http://localhost:3499", PORT: "3500" },
    { port: 3500, address: "127.0.0.1" },
  ],
  [{ APP_URL: "https://app.example.com" }, { port: 3000 }],
  [{ APP_URL: "https://app.example.com:8443" }, { port: 3000 }],
  [
    { APP_URL: "https://app.example.com", LISTEN_ADDRESS: "127.0.0.1" },
    { port: 3000, address: "127.0.0.1" },
  ],
  [{ LISTEN_ADDRESS: "[::1]" }, { port: 3000, address: "::1" }],
  [{ LISTEN_ADDRESS: "0.0.0.0" }, { port: 3000, address: "0.0.0.0" }],
])("listenOn() reads %j as %j", (environment, place) => expect(listenOn(environment)).toEqual(place));

it.each([
  ["APP_URL", "example.com"],
  ["APP_URL", "https://example.test/app"],
  ["APP_URL", "https://example.test//"],
  ["APP_URL", "https://example.test?a=b"],
  ["APP_URL", "https://example.test/#a"],
  ["APP_URL", "https://user:secret@example.test"],
  ["APP_URL", "https://"],
  ["APP_URL", "https://example.test:99999"],
  ["PORT", "0"],
  ["PORT", "65536"],
  ["PORT", "3e3"],
  ["PORT", "0x10"],
  ["LISTEN_ADDRESS", "localhost"],
  ["LISTEN_ADDRESS", "127.0.0.1:3000"],
])("listenOn() refuses %s=%s, and names the setting", (name, value) => {
  expect(listenOn({ [name]: value })).toEqual({ problem: expect.stringMatching(`^${name}: use `) });
});

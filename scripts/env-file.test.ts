import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadEnvFile } from "./env-file.mjs";

function load(content: string | Buffer, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "watchword-env-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, ".env");
  writeFileSync(file, content);
  return { problem: loadEnvFile(file, environment), environment };
}

it.each([
  ["a byte order mark", "\uFEFFPORT=3100\nAPP_URL=http://localhost:3100\n"],
  ["CRLF", "PORT=3100\r\nAPP_URL=http://localhost:3100\r\n"],
  ["CR", "PORT=3100\rAPP_URL=http://localhost:3100\r"],
  ["white space and comments", "# ours\n  PORT = 3100  # the port\n\n export APP_URL=http://localhost:3100"],
  ["quotes", "PORT=\"3100\"\nAPP_URL='http://localhost:3100' # where\n"],
])("loadEnvFile() reads every setting of a file with %s", (_, content) => {
  const { problem, environment } = load(content);
  expect(problem).toBeUndefined();
  expect(environment).toEqual({ PORT: "3100", APP_URL: "http://localhost:3100" });
});

it("loadEnvFile() leaves what the environment has already, and reads a value of several lines", () => {
  const { environment } = load('PORT=3100\nAUTH_SECRET="a\nPORT=b"\n', { PORT: "3200" });
  expect(environment).toEqual({ PORT: "3200", AUTH_SECRET: "a\nPORT=b" });
});

it.each([
  ["UTF-16", Buffer.from("\uFEFFPORT=3100\n", "utf16le"), "not UTF-8"],
  ["UTF-16 without a mark", Buffer.from("PORT=3100\n", "utf16le"), "not UTF-8"],
  ["Latin-1", Buffer.from("MAIL_FROM=Zo\xeb <a@b.c>\n", "latin1"), "not UTF-8"],
  ["a setting that stands twice", "PORT=1\nAPP_URL=x\nPORT=2\n", "PORT stands in line 1 and in line 3"],
  ["a line that is no setting", "PORT=1\nAPP_URL: https://example.com\n", "line 2 is no setting"],
  ["a quote that is not closed", 'PORT=1\nAUTH_SECRET="abc\n', "line 2 has a quote that is not closed"],
  [
    "a value that would be cut at a #",
    "SMTP_URL=smtps://user:pass#word@mail.example.com\n",
    "line 1 has a # in its value",
  ],
])("loadEnvFile() refuses a file with %s, and sets nothing", (_, content, said) => {
  const { problem, environment } = load(content);
  expect(problem).toContain(said);
  expect(problem).not.toContain("pass");
  expect(environment).toEqual({});
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { e2eServer } from "./server.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```bash\n(?<script>[\s\S]*?)```/g)].map((match) => match.groups?.script ?? "");

test("the README's curl commands do what it says, as they stand there", () => {
  expect(blocks).toHaveLength(2);
  const folder = mkdtempSync(join(tmpdir(), "watchword-readme-"));
  const script = blocks.join("\n").replaceAll("http://localhost:3000", e2eServer.url);
  const output = execFileSync("bash", ["-e", "-c", script], { cwd: folder, encoding: "utf8" });
  const answers = [...output.matchAll(/\{"result":\{"data":(?<data>.*?)\}\}(?=\{"result"|$)/g)].map((match) =>
    JSON.parse(match.groups?.data ?? ""),
  );
  expect(answers.map((answer) => Object.keys(answer))).toEqual([
    ["status", "user", "session", "expiresIn", "refreshExpiresIn"],
    ["user", "session", "expiresIn", "refreshExpiresIn"],
    ["user", "session", "expiresIn", "refreshExpiresIn"],
    ["id", "name", "contentType", "sizeBytes", "createdAt"],
    ["files", "nextCursor", "total", "usedBytes", "quotaBytes", "maxFileBytes"],
    ["loggedOut"],
    ["user", "session", "expiresIn", "refreshExpiresIn"],
    ["user", "session", "tokenType", "accessToken", "refreshToken", "expiresIn", "refreshExpiresIn"],
    ["loggedOut"],
  ]);
});

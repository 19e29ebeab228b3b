import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { makePrivateFolder } from "./private-folder.ts";

const folder = useTestFolder();

it("makes a folder and those above it for their owner alone, and leaves one that is there as it is", () => {
  const open = folder.path("open");
  mkdirSync(open);
  chmodSync(open, 0o755);
  const deep = join(open, "one", "two");
  for (const _ of ["missing", "there"]) makePrivateFolder(deep);
  const modes = [open, join(open, "one"), deep].map((each) => statSync(each).mode & 0o777);
  expect(modes).toEqual([0o755, 0o700, 0o700]);
});

it("says that a file is in the way", () => {
  writeFileSync(folder.path("file"), "");
  expect(() => makePrivateFolder(folder.path("file"))).toThrow(expect.objectContaining({ code: "EEXIST" }));
  expect(() => makePrivateFolder(folder.path("file/deeper"))).toThrow();
});

it.runIf(process.platform === "linux")("gives up where a folder is there in which none can be made", () => {
  for (const path of ["/proc/watchword", "/proc/watchword/deeper"])
    expect(() => makePrivateFolder(path)).toThrow(expect.objectContaining({ path: "/proc/watchword" }));
});

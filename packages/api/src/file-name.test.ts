import { expect, it } from "vitest";
import { contentDisposition, describeUpload } from "./file-name.ts";

const described = (name: string, more: Record<string, string> = {}) =>
  describeUpload(new Headers({ "x-file-name": encodeURIComponent(name), ...more }));

it.each(["notes.txt", "Ærøskøbing kort.pdf", "写真 2026.jpg", "e\u0301.txt", ".env", "a'b(c)*.txt", "x".repeat(255)])(
  "describeUpload() takes the name %j",
  (name) => {
    expect(described(name).name).toBe(name.normalize("NFC"));
  },
);

it.each(["", " ", ".", "..", "a/b", "..\\up", "nul\0", "line\nend", "bell\u0007", "x".repeat(256), "é".repeat(128)])(
  "describeUpload() refuses the name %j",
  (name) => {
    expect(() => described(name)).toThrow(expect.objectContaining({ reason: "validation_failed" }));
  },
);

it("describeUpload() rejects a name that is not percent-encoded UTF-8, and no name at all", () => {
  const rejected = expect.objectContaining({ reason: "validation_failed" });
  expect(() => describeUpload(new Headers({ "x-file-name": "%E0%A4%A" }))).toThrow(rejected);
  expect(() => describeUpload(new Headers())).toThrow(rejected);
});

it.each([
  ["text/plain", "text/plain"],
  ["IMAGE/PNG", "image/png"],
  ["text/html; charset=utf-8", "text/html"],
  ["", "application/octet-stream"],
  ["text", "application/octet-stream"],
  ["text/plain,text/html", "application/octet-stream"],
])("describeUpload() reads the type %j as %j", (given, expected) => {
  expect(described("a", { "x-file-type": given }).contentType).toBe(expected);
});

it.each([
  ["12", 12],
  ["0", 0],
  ["-1", undefined],
  ["1e9", undefined],
  ["99999999999999999", undefined],
])("describeUpload() reads the announced length %j as %j", (given, expected) => {
  expect(described("a", { "content-length": given }).announcedBytes).toBe(expected);
});

it.each(['a"; filename="b.html', "a\\", "100%.txt", "写真.jpg", "a'b(c)*.txt", "\u202Efdp.exe"])(
  "contentDisposition() lets no name break out of the header: %j",
  (name) => {
    const header = contentDisposition(name);
    expect(header).toMatch(/^attachment; filename="[^"\\\r\n]*"; filename\*=UTF-8''[A-Za-z0-9%!#$&+.^_`|~-]*$/);
    expect(decodeURIComponent(header.split("''")[1] ?? "")).toBe(name);
    expect(() => new Headers({ "content-disposition": header })).not.toThrow();
  },
);

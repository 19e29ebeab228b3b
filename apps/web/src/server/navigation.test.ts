import { describe, expect, it } from "vitest";
import { isNavigation, pageAfterRejection } from "./navigation.ts";

describe("isNavigation()", () => {
  it.each([
    ["a link in a browser", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, true],
    ["a browser without Fetch Metadata", { accept: "text/html,application/xhtml+xml,*/*;q=0.8" }, true],
    ["a script of a page", { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", accept: "text/html" }, false],
    ["curl", { accept: "*/*" }, false],
    ["a program that asks for JSON", { accept: "application/json" }, false],
    ["a program that says nothing", {}, false],
  ])("%s", (_, headers, expected) => {
    expect(isNavigation(new Headers(headers))).toBe(expected);
  });
});

describe("pageAfterRejection()", () => {
  it.each([
    [401, "access_token_missing", "/files/1"],
    [404, "not_found", "/files/1"],
    [403, "reauthentication_required", "/files/1?refused=reauthentication_required"],
    [503, "temporarily_unavailable", "/files/1?refused=temporarily_unavailable"],
  ])("%s %s leads to %s", (status, reason, page) => {
    expect(pageAfterRejection("/files/1", { status, reason })).toBe(page);
  });
});

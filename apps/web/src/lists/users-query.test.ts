import { expect, it } from "vitest";
import { usersHref, usersQueryFrom } from "./users-query.ts";

const cursor = "username.00000000-0000-4000-8000-000000000000";

it.each([
  [{}, { text: "" }],
  [{ find: "ada" }, { text: "ada" }],
  [{ find: ["ada", "bob"], after: ["x"] }, { text: "" }],
  [
    { find: "a\0b\ud800", after: cursor },
    { text: "ab\ufffd", cursor },
  ],
  [{ find: "a".repeat(300), after: "username.x" }, { text: "a".repeat(256) }],
  [{ after: "name.00000000-0000-4000-8000-000000000000" }, { text: "" }],
])("reads %j as %j", (params, query) => {
  expect(usersQueryFrom(params)).toEqual(query);
});

it.each([
  [{ text: "" }, "/admin"],
  [{ text: "a&b" }, "/admin?find=a%26b"],
  [{ text: "", cursor }, `/admin?after=${cursor}`],
  [{ text: "ada", cursor }, `/admin?find=ada&after=${cursor}`],
])("the address of %j is %s", (query, address) => {
  expect(usersHref(query)).toBe(address);
});

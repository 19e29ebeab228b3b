import { expect, it } from "vitest";
import { sessionsHref, sessionsQueryFrom } from "./sessions-query.ts";

const cursor = "1767225600000.01890a5d-ac96-774b-bcce-b302099a8057";

it.each([
  [{}, {}],
  [{ after: cursor }, { cursor }],
  [{ after: "nonsense" }, {}],
  [{ after: [cursor] }, {}],
  [{ after: `${cursor}'` }, {}],
])("sessionsQueryFrom() reads %j as %j", (params, query) => expect(sessionsQueryFrom(params)).toEqual(query));

it("sessionsHref() leads to the page behind a cursor", () => {
  const url = new URL(sessionsHref(cursor), "http://localhost");
  expect(sessionsQueryFrom(Object.fromEntries(url.searchParams))).toEqual({ cursor });
});

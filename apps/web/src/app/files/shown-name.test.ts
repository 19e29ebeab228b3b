import { expect, it } from "vitest";
import { shownName } from "./shown-name.ts";

it("shownName() shows a name in the order it is written in, whatever it tries", () => {
  expect(shownName("photo\u202Egpj.exe")).toBe("photogpj.exe");
  expect(shownName("\u2066a\u2069.txt")).toBe("a.txt");
  expect(shownName("تقرير.pdf")).toBe("تقرير.pdf");
});

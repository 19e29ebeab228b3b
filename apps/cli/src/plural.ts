const rules = new Intl.PluralRules("en");

/** The form of a word that goes with a number: `{ one: "file", other: "files" }`. */
export function plural<T>(count: number, forms: { one: T; other: T }): T {
  return rules.select(count) === "one" ? forms.one : forms.other;
}

/** A kind of credential as a user reads it: "Paper code" for `paper_code`. */
export function methodName(kind: string): string {
  const spaced = kind.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

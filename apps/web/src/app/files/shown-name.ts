/** Characters that turn the text around them, and nothing else: with them "txt.exe" passes for "exe.txt". */
const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** A file's name as it is shown, in the order that it is really written in. */
export function shownName(name: string): string {
  return name.replace(turning, "");
}

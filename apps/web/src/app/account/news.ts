/** What the user has just done on another page, by the word that it leaves in the address. */
const news = new Map([
  ["password", "Your password is changed. You are logged out on every other device."],
  ["email", "A link was sent to the new address. Your address changes when you use the link."],
  ["verification", "A link was sent to your address. Use it to confirm the address."],
  ["name", "Your name is changed."],
  ["confirmed", "It is confirmed that it is you. For a while nothing asks again on this device."],
  ["ended", "That session is ended. Its device has to log in again."],
  ["others", "All your other sessions are ended. This one stays."],
]);

/** Undefined for a word that no page of ours leaves: no page says a sentence that a link brought along. */
export function newsFrom(from: string | string[] | undefined): string | undefined {
  return typeof from === "string" ? news.get(from) : undefined;
}

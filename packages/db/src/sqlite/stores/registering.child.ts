import { AuthError } from "@watchword/auth/core";
import { login, openRefreshing } from "../../../test/refreshing.ts";

/** What the test asks of this process: to make all these accounts at once. `node registering.child.mjs <database>`. */
export type Question = ReadonlyArray<{ username: string; email: string }>;

/** What became of each: "created", or why not. */
export type Reply = string[];

const [file = ""] = process.argv.slice(2);
const { auth } = openRefreshing(file);

process.on("message", (question: Question) => {
  void Promise.all(question.map(register)).then((answer: Reply) => process.send?.(answer));
});
process.once("disconnect", () => process.exit());
process.send?.("ready");

async function register(account: Question[number]): Promise<string> {
  try {
    await auth.register({ ...account, name: "Ada Lovelace", ...login });
    return "created";
  } catch (error) {
    return error instanceof AuthError ? error.reason : String(error);
  }
}

import { AuthError } from "@watchword/auth/core";
import { personalHeaders, refusalResponse } from "@watchword/auth/trpc";
import { failureOf, getPageCaller } from "../../../server/caller.ts";
import { noteLength } from "../../../server/page-source.ts";
import { getServer } from "../../../server/server.ts";

/** Everything that is kept of whoever asks, as a file to take along. */
export async function GET(): Promise<Response> {
  try {
    const caller = await getPageCaller();
    const data = await caller.auth.exportData();
    const text = `${JSON.stringify(data, undefined, 2)}\n`;
    noteLength(Buffer.byteLength(text));
    return new Response(text, {
      headers: {
        ...personalHeaders,
        // Compressed on the way it would lose its length.
        "cache-control": `${personalHeaders["cache-control"]}, no-transform`,
        "content-type": "application/json",
        "content-disposition": 'attachment; filename="watchword-data.json"',
      },
    });
  } catch (error) {
    return refusalResponse(getServer().router, new AuthError(failureOf(error).reason));
  }
}

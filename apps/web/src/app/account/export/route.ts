import { AuthError } from "@watchword/auth/core";
import { personalHeaders, rejectionResponse } from "@watchword/auth/trpc";
import { failureOf, getPageCaller } from "../../../server/caller.ts";
import { isNavigation, leadTo, pageAfterRejection } from "../../../server/navigation.ts";
import { noteLength } from "../../../server/page-source.ts";
import { getServer } from "../../../server/server.ts";
import { confirmHref, exportPage, exportPath } from "../confirm-paths.ts";

/** All data of the user, as a file. Leads to the question for the password where that is due. */
export async function GET(request: Request): Promise<Response> {
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
    const { reason, methods } = failureOf(error);
    if (reason === "reauthentication_required") return leadTo(confirmHref(exportPath, methods));
    const rejected = new AuthError(reason);
    if (isNavigation(request.headers)) return leadTo(pageAfterRejection(exportPage, rejected));
    return rejectionResponse(getServer().router, rejected);
  }
}

import { contentDisposition, openFile } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import { personalHeaders, refusalResponse } from "@watchword/auth/trpc";
import { logFault } from "../../../../server/log.ts";
import { isNavigation, leadTo, pageAfterRefusal } from "../../../../server/navigation.ts";
import { requestContext, requestHeaders } from "../../../../server/request.ts";
import { getServer } from "../../../../server/server.ts";

/** Sends one of one's own files: the door for bytes, which tRPC's answers cannot carry. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const { files, router } = getServer();
  try {
    const context = await requestContext(await requestHeaders());
    const { user } = await context.authenticate();
    const file = await openFile(files, { id, userId: user.id });
    return new Response(file.content, {
      headers: {
        ...personalHeaders,
        "content-type": file.contentType,
        "content-length": String(file.sizeBytes),
        "content-disposition": contentDisposition(file.name),
      },
    });
  } catch (error) {
    const refused = error instanceof AuthError ? error : new AuthError("internal_error", { cause: error });
    if (refused.status >= 500) logFault("download", refused);
    const page = `/files/${encodeURIComponent(id)}`;
    if (isNavigation(request.headers)) return leadTo(pageAfterRefusal(page, refused));
    return refusalResponse(router, refused);
  }
}

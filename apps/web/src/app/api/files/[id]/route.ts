import { contentDisposition, describeFile, type FileOutput, openFile } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import { personalHeaders, rejectionResponse } from "@watchword/auth/trpc";
import { logError } from "../../../../server/log.ts";
import { isNavigation, leadTo, pageAfterRejection } from "../../../../server/navigation.ts";
import { noteLength } from "../../../../server/page-source.ts";
import { requestContext, requestHeaders } from "../../../../server/request.ts";
import { getServer } from "../../../../server/server.ts";

interface Asked {
  params: Promise<{ id: string }>;
}

/** Sends one of the user's own files: tRPC's responses cannot carry bytes. */
export async function GET(request: Request, asked: Asked): Promise<Response> {
  return orRejection(request, asked, async () => {
    const file = await openFile(getServer().files, await ownerOf(asked));
    return new Response(file.content, { headers: headersFor(file) });
  });
}

/** The same without the bytes, and without opening the file. Without this Next would run `GET` and drop what it has opened. */
export async function HEAD(request: Request, asked: Asked): Promise<Response> {
  return orRejection(request, asked, async () => {
    const file = await describeFile(getServer().files, await ownerOf(asked));
    return new Response(null, { headers: headersFor(file) });
  });
}

async function ownerOf({ params }: Asked): Promise<{ id: string; userId: string }> {
  const { id } = await params;
  const context = await requestContext(await requestHeaders());
  const { user } = await context.caller.authenticate();
  return { id, userId: user.id };
}

function headersFor({ contentType, sizeBytes, name }: FileOutput): Record<string, string> {
  noteLength(sizeBytes);
  return {
    ...personalHeaders,
    // Compressed on the way it would lose its length, and a browser could not say how much is still to come.
    "cache-control": `${personalHeaders["cache-control"]}, no-transform`,
    "content-type": contentType,
    "content-length": String(sizeBytes),
    "content-disposition": contentDisposition(name),
  };
}

async function orRejection(request: Request, { params }: Asked, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    const rejected = error instanceof AuthError ? error : new AuthError("internal_error", { cause: error });
    if (rejected.status >= 500) logError("download", rejected);
    const page = `/files/${encodeURIComponent((await params).id)}`;
    if (isNavigation(request.headers)) return leadTo(pageAfterRejection(page, rejected));
    return rejectionResponse(getServer().router, rejected);
  }
}

import { AuthError } from "@watchword/auth/core";
import { personalHeaders, rejectCrossSite, rejectionResponse } from "@watchword/auth/trpc";
import { z } from "zod";
import { readPanelState, throwSwitch } from "../../../devtools/control.ts";
import { switches } from "../../../devtools/panel-state.ts";
import { devtoolsRecord } from "../../../devtools/record.ts";
import { getServer } from "../../../server/server.ts";

/** The endpoint of the devtools. `next.config.mjs` has only `next dev` know files with this ending: a build has no such route. */
export async function GET(request: Request): Promise<Response> {
  return guard(request, () => readPanelState(devtoolsRecord(), getServer(), request.headers));
}

const order = z.object({ switch: z.enum(switches) });

export async function POST(request: Request): Promise<Response> {
  return guard(request, async () => {
    const { data } = order.safeParse(await request.json().catch(() => undefined));
    if (!data) throw new AuthError("validation_failed");
    await throwSwitch(devtoolsRecord(), getServer(), { request: request.headers, what: data.switch });
    return { done: true };
  });
}

async function guard(request: Request, answer: () => Promise<object>): Promise<Response> {
  const { env, router } = getServer();
  try {
    rejectCrossSite(request.headers, env.appUrl);
    return Response.json(await answer(), { headers: personalHeaders });
  } catch (error) {
    if (error instanceof AuthError) return rejectionResponse(router, error);
    throw error;
  }
}

import { healthOf } from "../../../server/health.ts";
import { getServer } from "../../../server/server.ts";

/** Whether this process can serve, for its supervisor. */
export async function GET(): Promise<Response> {
  const { status, body } = await healthOf(getServer().auth);
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

export const dynamic = "force-dynamic";

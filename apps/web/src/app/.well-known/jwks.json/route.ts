import { publicKeySet } from "@watchword/auth/trpc";
import { getServer } from "../../../server/server.ts";

/** What others verify access tokens with (RFC 7517 section 5). A copy may be kept for an hour: keys are here a day ahead. */
export async function GET(): Promise<Response> {
  return publicKeySet(getServer().auth);
}

export const dynamic = "force-dynamic";

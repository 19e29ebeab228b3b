"use server";

import { getCaller } from "../server/caller.ts";
import type { FormState } from "./form/form-state.ts";
import { arriveAt, refusedBy } from "./form/refusal.ts";

/** Ends the session of this device, on the server too. */
export async function logout(): Promise<FormState> {
  try {
    const caller = await getCaller();
    await caller.auth.logout();
  } catch (error) {
    return refusedBy(error, { fields: [], typed: {} });
  }
  return arriveAt("/login?from=logout");
}

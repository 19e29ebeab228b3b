"use server";

import type { AppCaller } from "@watchword/api";
import { cookies } from "next/headers";
import { arriveAt, rejectedBy } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { appCookie } from "../../http/app-cookies.ts";
import { loginAfterLogout, logoutMark, logoutMarkSeconds } from "../../messages/session-end.ts";
import { getCaller } from "../../server/caller.ts";

/** Ends the session of this device, on the server too. */
export async function logout(): Promise<FormState> {
  return end((caller) => caller.auth.logout());
}

/** Ends every session of the user: each browser, phone and terminal, this one too. */
export async function logoutEverywhere(): Promise<FormState> {
  return end((caller) => caller.auth.logoutEverywhere());
}

async function end(call: (caller: AppCaller) => Promise<unknown>): Promise<FormState> {
  try {
    await call(await getCaller());
  } catch (error) {
    return rejectedBy(error, { fields: [], typed: {} });
  }
  // Read by the scripts of other tabs: this one had none, or it would have sent them the message itself.
  const mark = appCookie(logoutMark);
  (await cookies()).set(mark, "1", { path: "/", sameSite: "lax", httpOnly: false, maxAge: logoutMarkSeconds });
  return arriveAt(loginAfterLogout);
}

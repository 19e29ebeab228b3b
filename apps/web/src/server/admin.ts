import "server-only";
import { notFound } from "next/navigation";
import { type CurrentLogin, requireLogin } from "./login.ts";

/**
 * Who is logged in, for pages of administrators. Other users get a 404 and no rejection; what stands on
 * the page is asked of procedures that decide by themselves.
 */
export async function requireAdmin(returnTo: string): Promise<CurrentLogin> {
  const login = await requireLogin(returnTo);
  if (login.user.role !== "admin") notFound();
  return login;
}

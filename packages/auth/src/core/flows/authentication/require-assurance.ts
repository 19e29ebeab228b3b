import type { ProvenMethod } from "../../domain/credential.ts";
import { AuthError } from "../../domain/errors.ts";
import type { StoredSession } from "../../domain/model.ts";
import { stepUpMethodsOf } from "../../tokens/step-up-secret.ts";
import { type AssurancePurpose, decideAssurance } from "../decide-assurance.ts";
import type { AuthDeps } from "../deps.ts";

interface RequiredAssurance {
  purpose: AssurancePurpose;
  /** The kinds of all credentials of the account. */
  kinds: readonly string[];
  proven: readonly ProvenMethod[];
}

/**
 * Asks the assurance rule in a session that has begun, or for a link.
 *
 * @throws {AuthError} `reauthentication_required` | `temporarily_unavailable` for an account with a kind that is not known
 */
export function requireAssurance(
  { clock, settings, credentialKinds }: Pick<AuthDeps, "clock" | "settings" | "credentialKinds">,
  { purpose, kinds, proven }: RequiredAssurance,
): void {
  const assurance = decideAssurance({
    purpose,
    account: { kinds },
    known: credentialKinds.uses,
    proven,
    now: clock.now(),
    maxAgeMs: settings.stepUpMaxAgeSeconds * 1000,
  });
  if (assurance.outcome === "unknown_kind") throw unknownKindError();
  if (assurance.outcome === "sufficient") return;
  const { methods } = assurance;
  const message = methods.includes("password") ? undefined : "Show again that it is you to do this";
  throw new AuthError("reauthentication_required", { methods, ...(message && { message }) });
}

/**
 * The same for the owner of a link, before the link is consumed. A credential that is added in between invalidates the link.
 *
 * @throws {AuthError} `temporarily_unavailable` for an account with a kind that is not known
 */
export async function requireLinkAssurance(
  deps: Pick<AuthDeps, "clock" | "settings" | "credentialKinds" | "store">,
  purpose: Extract<AssurancePurpose, "reset_link" | "invitation_link" | "verify_link" | "change_link">,
  userId: string,
): Promise<void> {
  const found = await deps.store.findCredentialsById(userId);
  requireAssurance(deps, { purpose, kinds: found?.kinds ?? [], proven: [] });
}

/** Ends nothing: the version that knows the kind runs again soon, and every session and cookie is as it was. */
export function unknownKindError(): AuthError {
  const message =
    "This account uses a way to log in that the server does not know at the moment. Nothing was changed. Try again later";
  return new AuthError("temporarily_unavailable", { message });
}

/** @throws {AuthError} `temporarily_unavailable` */
export function rejectUnknownKinds(
  { credentialKinds }: Pick<AuthDeps, "credentialKinds">,
  kinds: readonly string[],
): void {
  if (kinds.some((kind) => !credentialKinds.uses.has(kind))) throw unknownKindError();
}

/** Another device, without the secret of before, begins with what it has proved itself. */
export function addMethod(
  found: { session: StoredSession } | undefined,
  stepUpToken: string | undefined,
  added: ProvenMethod,
): readonly ProvenMethod[] {
  const before = found ? stepUpMethodsOf(found.session, stepUpToken) : [];
  return [...before.filter(({ kind }) => kind !== added.kind), added];
}

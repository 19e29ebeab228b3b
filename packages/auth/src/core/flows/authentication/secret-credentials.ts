import type { Credential } from "../../domain/credential.ts";
import { AuthError } from "../../domain/errors.ts";
import type { CredentialKind, SecretCredential } from "../../ports/credential-kind.ts";
import type { CredentialUse } from "../../ports/session-store.ts";
import type { AuthDeps } from "../deps.ts";
import type { OpenChallenge } from "./challenges.ts";

type SecretDeps = Pick<AuthDeps, "store" | "clock" | "secretData" | "credentialKinds" | "emit">;

/** A kind, and a user's credentials of it that this process can read. */
export interface ReadableKind {
  kind: CredentialKind;
  rows: readonly Credential[];
  credentials: readonly SecretCredential[];
}

/**
 * Reads and decrypts a user's credentials of one kind.
 *
 * @throws {AuthError} `validation_failed` where the user has none of that kind, or it is a kind without a response |
 *   `temporarily_unavailable` where no secret of this process decrypts them
 */
export async function readKind(deps: SecretDeps, userId: string, name: string): Promise<ReadableKind> {
  const kind = deps.credentialKinds.find(name);
  const rows = kind ? (await deps.store.listCredentials(userId)).filter((one) => one.kind === name) : [];
  if (!kind || rows.length === 0) {
    throw new AuthError("validation_failed", { fields: { method: ["This account does not use that method"] } });
  }
  const credentials = await decryptAll(deps, rows);
  if (credentials.length === 0) throw unreadableError([name]);
  return { kind, rows, credentials };
}

/**
 * Of these kinds those of which this process can read a credential of the user.
 *
 * @throws {AuthError} `temporarily_unavailable` where that are none
 */
export async function readableMethods(
  deps: SecretDeps,
  userId: string,
  methods: readonly string[],
): Promise<readonly string[]> {
  const rows = (await deps.store.listCredentials(userId)).filter(({ kind }) => methods.includes(kind));
  const ids = new Set((await decryptAll(deps, rows)).map(({ id }) => id));
  const readable = methods.filter((method) => rows.some(({ id, kind }) => kind === method && ids.has(id)));
  if (readable.length === 0) throw unreadableError(methods);
  return readable;
}

/**
 * Checks a response against a user's credentials.
 *
 * @returns the use, to be noted in the transaction of what it proves; undefined for a wrong response
 */
export async function verifyResponse(
  { clock, secretData }: Pick<AuthDeps, "clock" | "secretData">,
  { kind, rows, credentials }: ReadableKind,
  { response, state }: { response: string; state: string | undefined },
): Promise<CredentialUse | undefined> {
  const now = clock.now();
  const proven = await kind.verify({ credentials, response, state, now });
  const row = rows.find(({ id }) => id === proven?.id);
  if (!proven || !row) return undefined;
  const data = await secretData.encrypt(proven.data, row.id);
  return { id: row.id, now, change: { version: row.version, data } };
}

/**
 * What a kind drew for this challenge.
 *
 * @throws {AuthError} `challenge_invalid` where it has drawn nothing
 */
export function stateOf({ data: { begun } }: Pick<OpenChallenge, "data">, method: string): string {
  if (begun?.kind !== method) throw new AuthError("challenge_invalid");
  return begun.state;
}

export function wrongResponseError(): AuthError {
  const message = "That code is not right";
  return new AuthError("invalid_credentials", { message, fields: { response: [message] } });
}

async function decryptAll(
  { secretData, emit }: Pick<AuthDeps, "secretData" | "emit">,
  rows: readonly Credential[],
): Promise<SecretCredential[]> {
  const readable: SecretCredential[] = [];
  for (const { id, userId, kind, data: stored } of rows) {
    const data = await secretData.decrypt(stored, id);
    if (data === undefined) emit({ type: "credential_unreadable", userId, credentialId: id, kind });
    else readable.push({ id, data });
  }
  return readable;
}

/** Says by name what cannot be read. Ends nothing: with the older secret in `AUTH_SECRET` it works again. */
function unreadableError(kinds: readonly string[]): AuthError {
  const names = kinds.join(", ");
  const message = `The server cannot read this account's credential (${names}) at the moment. Nothing was changed. Try again later`;
  return new AuthError("temporarily_unavailable", { message });
}

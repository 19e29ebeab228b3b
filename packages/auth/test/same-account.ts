import { AuthError } from "../src/core/domain/errors.ts";
import { ada, completed, createTestAuth, fromTerminal, reasonOf } from "../src/testing/test-auth.ts";

/**
 * What becomes of a second account whose username or email is spelt so.
 *
 * - `same`: it is another spelling of the first one's: taken, and whoever logs in with it logs in to the first account
 * - `twin`: it only looks like the first one's: taken, and nobody logs in with it
 * - `different`: there are two accounts, and each logs in with its own
 * - `refused`: nobody may be called so
 */
export type SameAccount = "same" | "twin" | "different" | "refused";

/** Registers one, then the other, through the rules; and says what became of the other. */
export async function compareIdentifiers(
  field: "username" | "email",
  one: string,
  other: string,
): Promise<SameAccount> {
  const { auth } = createTestAuth();
  const first = await auth.register({ ...ada, [field]: one, ...fromTerminal });
  const stranger = { ...ada, username: "stranger", email: "stranger@example.net", [field]: other };
  const outcome = await reasonOf(auth.register({ ...stranger, ...fromTerminal }));
  if (outcome === "validation_failed") return "refused";
  const reached = await completed(auth.login({ identifier: other, password: ada.password, ...fromTerminal })).then(
    ({ user }) => user,
    (error: unknown) => {
      if (error instanceof AuthError && error.reason === "invalid_credentials") return undefined;
      throw error;
    },
  );
  if (outcome === `${field}_taken`) return reached?.id === first.user.id ? "same" : expectNobody(reached);
  const login = await completed(auth.login({ identifier: one, password: ada.password, ...fromTerminal }));
  if (outcome !== "ok" || reached?.[field] !== other.trim())
    throw new Error(`It was ${outcome}, of ${reached?.[field]}`);
  return login.user.id === first.user.id ? "different" : "same";
}

function expectNobody(reached: unknown): "twin" {
  if (reached !== undefined)
    throw new Error("Whoever logged in with a taken name got to an account that is not its own");
  return "twin";
}

import type { AuthError } from "../src/core/domain/errors.ts";
import type { IssuedTokens, StoredSession } from "../src/core/domain/model.ts";
import { createTestAuth, registerAda, type TestAuth, type TestAuthOptions } from "../src/testing/test-auth.ts";

/** The error that a call was rejected with. */
export function errorOf(call: Promise<unknown>): Promise<AuthError> {
  return call.then(
    () => {
      throw new Error("It was not rejected");
    },
    (error: AuthError) => error,
  );
}

export interface TestSession extends TestAuth {
  /** The login's tokens. */
  first: IssuedTokens;
  refresh(refreshToken: string): Promise<IssuedTokens>;
  /** The session's row, as the store has it. */
  row(): Promise<StoredSession>;
}

/** Ada's first session, with its tokens in the body. */
export async function createTestSession(options: TestAuthOptions = {}): Promise<TestSession> {
  const test = createTestAuth(options);
  const first = await registerAda(test.auth);
  return {
    ...test,
    first,
    refresh: (refreshToken) => test.auth.refresh({ refreshToken, delivery: "body" }),
    async row() {
      const found = await test.store.findStoredSession(first.session.id);
      if (!found) throw new Error("The session is gone");
      return found.session;
    },
  };
}

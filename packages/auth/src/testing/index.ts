export { type EventStream, readEventStream, type StreamedEvent } from "./event-stream.ts";
export { createFakeClock, type FakeClock, testStart } from "./fake-clock.ts";
export { createFakeDelay, type FakeDelay } from "./fake-delay.ts";
export { aChallenge, aLinkUse, aNewUser, aSession, seededRandomBytes, someBytes } from "./fixtures.ts";
export { createMemoryKeyStore } from "./memory-store/key.ts";
export { createMemoryRateLimitCounter } from "./memory-store/rate-limit-counter.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./memory-store/store.ts";
export { paperCode } from "./paper-code.ts";
export {
  ada,
  completed,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  registerAda,
  type TestAuth,
  type TestAuthOptions,
  testIssuer,
  testSecret,
} from "./test-auth.ts";
export { addTestCredential } from "./test-credential.ts";
export { createTestMail, type TestMail } from "./test-mailer.ts";

export { describeAttemptCounter, type OpenedCounter } from "./contract-attempts.ts";
export type { OpenedStore, OpenStore } from "./contract-store.ts";
export { type EventStream, readEventStream, type StreamedEvent } from "./event-stream.ts";
export { createFakeClock, type FakeClock, testStart } from "./fake-clock.ts";
export { createFakeWait, type FakeWait } from "./fake-wait.ts";
export { aLinkUse, aNewUser, aSession, seededRandomBytes, someBytes } from "./fixtures.ts";
export { createMemoryAttemptCounter } from "./memory-attempt-counter.ts";
export { createMemoryKeyStore } from "./memory-key-store.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export { naughtyStrings } from "./naughty-strings.ts";
export { describeStoreContract } from "./store-contract.ts";
export {
  ada,
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
export { createTestMail, type TestMail } from "./test-mailer.ts";

export { browserCookies, type StorageState, type StoredCookie } from "./storage-state.ts";
export { createTestAccount, type TestAccount, type TestAccountOptions } from "./test-account.ts";

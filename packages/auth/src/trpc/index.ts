export type { AuditKind } from "../core/audit/kinds.ts";
export { type AddressProblem, clientAddress, type ProxyTrust } from "./client-address/client-address.ts";
export { proxyHeaders } from "./client-address/forwarded.ts";
export { createTrustedProxies } from "./client-address/trusted-proxies.ts";
export { type AuthContext, type AuthContextOptions, clientOf, createAuthContext } from "./context.ts";
export { errorIdOf } from "./error-id.ts";
export { type ErrorPayload, toErrorPayload } from "./errors.ts";
export { createFetchHandler, type FetchHandler } from "./http/fetch-handler.ts";
export type { FetchHandlerOptions, RequestSource } from "./http/handler-options.ts";
export { addressOfIncoming, createNodeHandler, endEarly } from "./http/node-handler.ts";
export { publicKeySet } from "./http/public-keys.ts";
export { personalHeaders, rejectionResponse } from "./http/rejection-response.ts";
export { isLoopback, rejectCrossSite } from "./http/same-origin.ts";
export {
  createCallerFactory,
  mergeRouters,
  protectedProcedure,
  publicProcedure,
  requireRole,
  requireRoleAndStepUp,
  router,
  stepUpProcedure,
} from "./init.ts";
export type {
  AuditEntryOutput,
  CredentialOutput,
  LoginOutput,
  ManagedUserOutput,
  SessionOutput,
  SessionPageOutput,
  SessionsOutput,
  UserOutput,
} from "./output.ts";
export { adminRouter } from "./routers/admin.ts";
export { type AuthRouter, authRouter } from "./routers/auth.ts";
export {
  type CookieAttributes,
  type CookieSink,
  createTokenCookies,
  headersSink,
  type TokenCookies,
} from "./token-cookies.ts";

export { type AddressProblem, clientAddress, type ProxyTrust } from "./client-address/client-address.ts";
export { proxyHeaders } from "./client-address/forwarded.ts";
export { createTrustedProxies } from "./client-address/trusted-proxies.ts";
export { type AuthContext, type AuthContextOptions, clientOf, createAuthContext } from "./context.ts";
export { faultIdOf } from "./error-id.ts";
export { describeFailure, type Failure } from "./errors.ts";
export {
  createFetchHandler,
  type FetchHandler,
  type FetchHandlerOptions,
  type RequestSource,
} from "./http/fetch-handler.ts";
export { addressOfIncoming, createNodeHandler, endEarly } from "./http/node-handler.ts";
export { publicKeySet } from "./http/public-keys.ts";
export { personalHeaders, refusalResponse } from "./http/rejection-response.ts";
export { isLoopback, refuseCrossSite } from "./http/same-origin.ts";
export {
  createCallerFactory,
  mergeRouters,
  protectedProcedure,
  publicProcedure,
  requireRole,
  requireRoleAndProof,
  router,
  sudoProcedure,
} from "./init.ts";
export type {
  LoginAnswer,
  ManagedUserAnswer,
  SessionAnswer,
  SessionsAnswer,
  TimelineEntryAnswer,
  UserAnswer,
} from "./output.ts";
export { adminRouter } from "./routers/admin.ts";
export { type AuthRouter, authRouter } from "./routers/auth.ts";
export {
  type CookieAttributes,
  type CookieSink,
  createTransport,
  headersSink,
  type Transport,
} from "./token-cookies.ts";

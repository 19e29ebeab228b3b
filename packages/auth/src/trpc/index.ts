export { adminRouter } from "./admin-router.ts";
export type {
  LoginAnswer,
  ManagedUserAnswer,
  SessionAnswer,
  SessionsAnswer,
  TimelineEntryAnswer,
  UserAnswer,
} from "./answer.ts";
export { type AddressProblem, clientAddress, type ProxyTrust } from "./client-address.ts";
export { type AuthContext, type AuthContextOptions, clientOf, createAuthContext } from "./context.ts";
export { describeFailure, type Failure } from "./failure.ts";
export { faultIdOf } from "./fault-id.ts";
export {
  createFetchHandler,
  type FetchHandler,
  type FetchHandlerOptions,
  type RequestSource,
} from "./fetch-handler.ts";
export { proxyHeaders } from "./forwarded.ts";
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
export { addressOfIncoming, createNodeHandler, endEarly } from "./node-handler.ts";
export { publicKeySet } from "./public-keys.ts";
export { personalHeaders, refusalResponse } from "./refusal-response.ts";
export { type AuthRouter, authRouter } from "./router.ts";
export { isLoopback, refuseCrossSite } from "./same-origin.ts";
export { type CookieAttributes, type CookieSink, createTransport, headersSink, type Transport } from "./transport.ts";
export { createTrustedProxies } from "./trusted-proxies.ts";

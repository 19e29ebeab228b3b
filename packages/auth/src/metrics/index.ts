export { type AuthMetrics, createAuthMetrics } from "./auth-metrics.ts";

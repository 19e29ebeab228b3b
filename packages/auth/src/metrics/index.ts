export { type AuthMetrics, createAuthMetrics } from "./auth-metrics.ts";
export { createDatabaseMetrics, type DatabaseMetrics } from "./database-metrics.ts";

export { createRefreshProxy, type RefreshProxy, type RefreshProxyOptions } from "./refresh-proxy.ts";

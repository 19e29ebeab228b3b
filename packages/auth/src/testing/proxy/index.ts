export { type CheckProxyOptions, checkProxy, type ProxyParts } from "./check-proxy.ts";

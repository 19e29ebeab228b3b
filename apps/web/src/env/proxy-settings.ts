import { ConfigError } from "@watchword/auth/core";
import { createTrustedProxies, type ProxyTrust, proxyHeaders } from "@watchword/auth/trpc";
import { z } from "zod";
import { whole } from "./setting-values.ts";

/** Which proxies are in front of the app: see `ProxyTrust`. */
export const proxyVariables = {
  TRUSTED_PROXY_HOPS: whole(0, 10, "proxies").default(0),
  TRUSTED_PROXIES: z.string().optional(),
  TRUSTED_PROXY_HEADER: z.enum(proxyHeaders, { error: `use ${proxyHeaders.join(" or ")}` }).optional(),
};

export type ProxySettings = Pick<ProxyTrust, "trustedProxyHops" | "trustedProxies" | "proxyHeader">;

export function readProxies(values: {
  TRUSTED_PROXY_HOPS: number;
  TRUSTED_PROXIES?: string | undefined;
  TRUSTED_PROXY_HEADER?: ProxyTrust["proxyHeader"];
}): ProxySettings {
  const { TRUSTED_PROXY_HOPS: trustedProxyHops, TRUSTED_PROXIES: ranges, TRUSTED_PROXY_HEADER: proxyHeader } = values;
  if (trustedProxyHops === 0 && (ranges ?? proxyHeader) !== undefined) {
    throw new ConfigError(
      "TRUSTED_PROXY_HOPS: required with TRUSTED_PROXIES and TRUSTED_PROXY_HEADER: how many proxies are yours",
    );
  }
  try {
    return { trustedProxyHops, trustedProxies: createTrustedProxies(ranges?.split(",")), proxyHeader };
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`TRUSTED_PROXIES: ${error.message}`);
    throw error;
  }
}

import { pageSource } from "./page-source.ts";

/** What a proxy, a tunnel or a network of servers adds to a request that it hands on. */
const forwarding =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-(?:host|for|url|forwarded-for)|true-client-ip|cf-.*|fly-.*|x-envoy-.*|x-amzn?-.*|x-appengine-.*|x-azure-.*|x-arr-.*|fastly-.*|ngrok-.*)$/;

/** Whether headers, as they came in, say that a proxy forwarded the request. */
export function isForwarded(names: Iterable<string>): boolean {
  for (const name of names) if (forwarding.test(name)) return true;
  return false;
}

/**
 * Whether a proxy forwarded the request that is being answered. On a host that only runs Next, which adds headers of this
 * kind by itself, only those count that it would not have written.
 */
export function cameByProxy(headers: Headers): boolean {
  const source = pageSource.getStore();
  return source ? source.forwarded : isForwarded(namesNotOfNext(headers));
}

const loopback = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

function* namesNotOfNext(headers: Headers): Iterable<string> {
  for (const [name, value] of headers) {
    if (name === "x-forwarded-host" && value === headers.get("host")) continue;
    if (name === "x-forwarded-for" && loopback.test(value)) continue;
    if (name === "x-forwarded-port" || name === "x-forwarded-proto") continue;
    yield name;
  }
}

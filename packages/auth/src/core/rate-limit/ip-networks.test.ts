import { describe, expect, it } from "vitest";
import { ipNetworksOf } from "./ip-networks.ts";

const namesOf = (ipAddress: string) => ipNetworksOf(ipAddress).map(({ name }) => name);

describe("networksOf()", () => {
  it("has an IPv4 address for one by itself", () => {
    expect(ipNetworksOf("203.0.113.9")).toEqual([{ name: "203.0.113.9", factor: 1 }]);
  });

  it("counts an IPv6 address by its /64, /56 and /48, of which each wider one lets more through", () => {
    expect(ipNetworksOf("2001:db8:1:abcd:3:4:5:6")).toEqual([
      { name: "2001:db8:1:abcd::/64", factor: 1 },
      { name: "2001:db8:1:ab00::/56", factor: 2 },
      { name: "2001:db8:1::/48", factor: 3 },
    ]);
  });

  it.each(["2001:DB8:1::7", "2001:0db8:0001:0000:0000:0000:0000:0007", "2001:db8:1:0:0:0:0:7", "2001:db8:1::7%eth0"])(
    "gives one address one name, however it is spelled: %s",
    (spelling) => expect(namesOf(spelling)).toEqual(namesOf("2001:db8:1::7")),
  );

  it("tells neighbours apart, and knows what they have in common", () => {
    const [one, other] = [namesOf("2001:db8:1:ab01::1"), namesOf("2001:db8:1:ab02::1")];
    expect(one.filter((name) => other.includes(name))).toEqual(["2001:db8:1:ab00::/56", "2001:db8:1::/48"]);
    const far = namesOf("2001:db8:1:cd01::1");
    expect(one.filter((name) => far.includes(name))).toEqual(["2001:db8:1::/48"]);
    expect(one.filter((name) => namesOf("2001:db8:2:ab01::1").includes(name))).toEqual([]);
  });

  it.each([
    ["6to4, of which one address makes a /48", "2002:c000:221:abcd::1"],
    ["Teredo, whatever its server and port", "2001:0:4136:e378:8000:63bf:3fff:fdde"],
    ["NAT64", "64:ff9b::192.0.2.33"],
    ["NAT64 in hexadecimal", "64:ff9b::c000:221"],
    ["a site's own NAT64", "64:ff9b:1::192.0.2.33"],
    ["an IPv6 socket", "::ffff:192.0.2.33"],
    ["a translated one", "::ffff:0:192.0.2.33"],
  ])("counts an IPv4 address that came by %s as that one", (_, ipAddress) => {
    expect(ipNetworksOf(ipAddress)).toEqual([{ name: "192.0.2.33", factor: 1 }]);
  });

  it.each(["64:ff9b:2::c000:221", "2001:1::c000:221", "::c000:221", "2003:c000:221::1"])(
    "and takes no other for one: %s",
    (ipAddress) => expect(ipNetworksOf(ipAddress)).toHaveLength(3),
  );
});

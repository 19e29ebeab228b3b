/**
 * What to call the device that a session lives on, from what it said of itself: "Firefox on Windows". A browser that
 * pretends to be several is the first of these that it names.
 */
const programs = [
  ["Edge", /\bEdgA?\/|\bEdgiOS\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\bFirefox\/|\bFxiOS\//],
  ["Chrome", /\bChrome\/|\bCriOS\/|\bHeadlessChrome\//],
  ["Safari", /\bSafari\//],
  ["Watchword in a terminal", /^watchword\b/i],
  ["curl", /^curl\//],
] as const;

const systems = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Windows", /\bWindows\b/],
  ["Mac", /\bMacintosh\b|\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
] as const;

export function deviceName(userAgent: string | null): string {
  const program = programs.find(([, shape]) => shape.test(userAgent ?? ""))?.[0];
  const system = systems.find(([, shape]) => shape.test(userAgent ?? ""))?.[0];
  if (program && system) return `${program} on ${system}`;
  return program ?? system ?? "A device that did not say what it is";
}

/** Where the server listens: without an address on all of the machine's. */
export function listenOn(
  environment: Readonly<Record<string, string | undefined>>,
): { port: number; address?: string; problem?: undefined } | { problem: string };
export function isLoopbackAddress(address: string | undefined): boolean;
export function isOrigin(text: string): boolean;
export const appUrlProblem: string;

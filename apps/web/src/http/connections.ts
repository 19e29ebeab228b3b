import type { Socket } from "node:net";
import type { Connection, Waiting } from "./connection.ts";

/** What has to be known of a connection to say which ones go when there are too many. */
export interface Occupant {
  /** The other end of the socket. */
  address: string;
  waiting: Waiting;
  since: number;
}

/** From this part of all connections on, those that wait for their client make room for new ones. */
const narrow = 0.9;
/** Down to this part: the choice is made for many at once, and not for each that comes. */
const roomy = 0.85;

/** Who has only just come may still be on the way to say what they want. In milliseconds. */
const youngMs = 1_000;

/** From what is missed least. Where the next step is ours, nothing is ended. */
const order: readonly Waiting[] = ["next", "request", "body", "reader"];

/** Ends connections before one more is let in, so that no new client is turned away while others only wait. */
export function endIdleConnections(connections: ReadonlyMap<Socket, Connection>, max: number): void {
  if (connections.size < max * narrow) return;
  const sockets = [...connections.keys()];
  const occupants = [...connections].map(([socket, { waiting, since }]) => ({
    address: socket.remoteAddress ?? "",
    waiting,
    since,
  }));
  for (const index of whoGoes(occupants, { max, now: performance.now() })) sockets[index]?.destroy();
}

/**
 * Which connections go: all that only wait for another request; while that is not enough, those without a request, then
 * those whose body does not come, then those that do not read, the oldest of each first; those that have only just come are
 * the last. An address that holds more than half of all goes before the others, so that no single client can push them out.
 *
 * @returns indices
 */
export function whoGoes(occupants: readonly Occupant[], { max, now }: { max: number; now: number }): number[] {
  if (occupants.length < max * narrow) return [];
  const crowd = crowdOf(occupants);
  const candidates = occupants
    .map(({ address, waiting, since }, index) => ({
      index,
      isIdle: waiting === "next",
      isCrowd: address === crowd,
      isYoung: now - since < youngMs,
      rank: order.indexOf(waiting),
      since,
    }))
    .filter(({ rank }) => rank !== -1)
    .sort(
      (a, b) =>
        Number(b.isIdle) - Number(a.isIdle) ||
        Number(b.isCrowd) - Number(a.isCrowd) ||
        Number(a.isYoung) - Number(b.isYoung) ||
        (a.isYoung ? 0 : a.rank - b.rank) ||
        a.since - b.since,
    );
  const idle = candidates.filter(({ isIdle }) => isIdle).length;
  const enough = Math.max(idle, occupants.length - Math.floor(max * roomy));
  return candidates.slice(0, enough).map(({ index }) => index);
}

/** The address that holds more than half, if one does. */
function crowdOf(occupants: readonly Occupant[]): string | undefined {
  const held = new Map<string, number>();
  for (const { address } of occupants) held.set(address, (held.get(address) ?? 0) + 1);
  return [...held].find(([, count]) => count > occupants.length / 2)?.[0];
}

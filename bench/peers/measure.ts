import { createClient, spreadOver } from "./clients.ts";
import { type Contestant, keepAnswer } from "./contestant.ts";
import type { Call, Client } from "./descriptions/description.ts";
import { runClosedLoop } from "./load/closed-loop.ts";
import type { createOpenLoop } from "./load/open-loop.ts";
import { cpuBetween, generatorNanoseconds, readCpu } from "./machine/process-figures.ts";
import type { Options } from "./options.ts";

/** What every workload gets. */
export interface Bench {
  options: Options;
  openLoop: ReturnType<typeof createOpenLoop>;
  /** For the person who waits; the tables go elsewhere. */
  say: (text: string) => void;
}

/** The figures of one slice of one contestant. */
export interface Slice {
  perSecond: number;
  /** Of the server's process, all threads, in microseconds for each request. */
  cpuMicroseconds: number;
  latencies: number[];
  /** Which part of a core the load itself has used. */
  generatorShare: number;
}

export interface Work {
  connections: number;
  seconds: number;
  most?: number;
  /** The request of a connection, and whose it is. */
  next: (connection: number) => { call: Call; client: Client; bytes?: Buffer };
}

/** Runs a closed loop and reads what it costs. Every answer is checked; a wrong one ends the run. */
export async function measure(contestant: Contestant, { next, ...loop }: Work): Promise<Slice> {
  const current = new Array<ReturnType<Work["next"]>>(loop.connections);
  const before = { cpu: readCpu(contestant.pid), generator: generatorNanoseconds() };
  const result = await runClosedLoop({
    ...loop,
    port: contestant.port,
    next: (connection) => {
      const request = next(connection);
      current[connection] = request;
      return request.bytes ?? contestant.encode(request.call, request.client);
    },
    onAnswer: (answer, connection) => {
      const request = current[connection];
      if (request) keepAnswer(contestant, request.call, { client: request.client, answer });
    },
  });
  const cpuMicroseconds = cpuBetween(before.cpu, readCpu(contestant.pid));
  return {
    perSecond: result.requests / result.seconds,
    cpuMicroseconds: cpuMicroseconds / result.requests,
    latencies: result.latencies,
    generatorShare: (generatorNanoseconds() - before.generator) / (result.seconds * 1e9),
  };
}

/** The same call of many clients in turn, its bytes made once. */
export function inTurn(contestant: Contestant, call: Call, clients: readonly Client[]): Work["next"] {
  const requests = clients.map((client) => ({ call, client, bytes: contestant.encode(call, client) }));
  let sent = 0;
  return () => {
    const request = requests[sent++ % requests.length];
    if (!request) throw new Error(`${contestant.name} has no client`);
    return request;
  };
}

/** No warm-up takes longer than that: some need two milliseconds for a request. */
const warmUpSeconds = 20;

/** Until the compiler has seen all of it, a server is not what runs in production. */
export async function warmUp(
  contestant: Contestant,
  options: Pick<Options, "warmUp">,
  { patienceSeconds = warmUpSeconds, ...work }: Pick<Work, "next" | "connections"> & { patienceSeconds?: number },
): Promise<void> {
  await measure(contestant, { ...work, seconds: patienceSeconds, most: options.warmUp });
}

/** Logs in clients of users that are spread over the database, four at a time. A contestant without a login needs none. */
export async function logInClients(contestant: Contestant, count: number): Promise<Client[]> {
  const { login } = contestant.description.calls;
  if (!login) return [createClient(0)];
  const clients = spreadOver(contestant.users, count).map(createClient);
  const waiting = [...clients];
  const logInNext = async (): Promise<void> => {
    const client = waiting.pop();
    if (!client) return;
    await contestant.ask(login, client);
    return logInNext();
  };
  await Promise.all(Array.from({ length: 4 }, logInNext));
  await checkProtection(contestant, clients);
  return clients;
}

/** A server that answers everybody would win. */
async function checkProtection(contestant: Contestant, [someone]: readonly Client[]): Promise<void> {
  const { me } = contestant.description.calls;
  if (!someone) return;
  await contestant.ask(me, someone);
  const stranger = createClient(0);
  const answered = await contestant.ask({ ...me, status: 401, expect: () => "" }, stranger).then(
    () => true,
    () => false,
  );
  if (!answered) throw new Error(`${contestant.name}: \`me\` is not protected`);
}

/** How long a slice of the open loop has to be, so that the rounds together have the samples. */
export function openLoopSeconds({ samples, rounds, gapMs }: Options): number {
  return (Math.ceil(samples / rounds) * gapMs) / 1000;
}

/** `me` of these clients at fixed instants. */
export function probe(bench: Bench, contestant: Contestant, clients: readonly Client[]): Promise<number[]> {
  const { me } = contestant.description.calls;
  const probes = clients.map((client) => ({
    bytes: contestant.encode(me, client),
    expected: me.expect?.(client) ?? "",
  }));
  const { gapMs } = bench.options;
  const loop = { port: contestant.port, probes, gapMs, seconds: openLoopSeconds(bench.options) };
  return bench.openLoop.run(loop).catch((error: unknown) => {
    throw new Error(`${contestant.name}: ${error instanceof Error ? error.message : error}`);
  });
}

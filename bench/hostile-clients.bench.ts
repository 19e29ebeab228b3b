// What do clients cost that only hold the server up, and does an honest one get in meanwhile? Requests that were sent ahead by
// somebody who has gone, bodies that are announced and never come, and connections on which nothing is said. All come from the
// honest client's own address, as behind a proxy: nothing but what they do tells them apart.
import { connect, type Socket } from "node:net";
import { type BenchApp, startApp } from "./app.ts";

const port = 3461;
const crowd = 2_000;
const ahead = 1_000;
const head = `GET /login HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
const announced = `GET /login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 5000\r\n\r\n`;
/** From here on an honest client has given up. */
const patienceMs = 30_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A page over a connection of its own. Undefined when none came. */
async function askHonestly(): Promise<number | undefined> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")),
    );
    let text = "";
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(text.startsWith("HTTP/1.1 200") ? performance.now() - begun : undefined);
    });
  });
}

/** When a crowd came in and when it was gone, and how the honest client fared meanwhile, one request after the other. */
async function besiege(app: BenchApp, say: string): Promise<void> {
  const before = app.cpuMicroseconds() ?? Number.NaN;
  const lives: number[] = [];
  let alive = 0;
  const sockets = Array.from({ length: crowd }, () => {
    const begun = performance.now();
    const socket: Socket = connect(port, "127.0.0.1", () => {
      alive += 1;
      if (say) socket.write(say);
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      alive -= 1;
      lives.push(performance.now() - begun);
    });
    return socket.resume();
  });
  const waits: number[] = [];
  let rejected = 0;
  let longest = 0;
  let outageFrom: number | undefined;
  let most = 0;
  const begun = performance.now();
  while (performance.now() - begun < patienceMs) {
    most = Math.max(most, alive);
    const asked = performance.now();
    const waited = await askHonestly();
    if (waited === undefined) {
      rejected += 1;
      outageFrom ??= asked;
    } else {
      waits.push(waited);
      longest = Math.max(longest, performance.now() - (outageFrom ?? asked));
      outageFrom = undefined;
    }
    await pause(100);
  }
  if (outageFrom !== undefined) longest = Math.max(longest, performance.now() - outageFrom);
  const left = alive;
  for (const socket of sockets) socket.destroy();
  const cpu = ((app.cpuMicroseconds() ?? Number.NaN) - before) / 1e6;
  const sorted = lives.sort((a, b) => a - b);
  const seconds = (ms: number | undefined) => `${((ms ?? Number.NaN) / 1000).toFixed(1)} s`;
  console.log(
    `    honest client:  ${waits.length} answered, ${rejected} turned away; longest without an answer ${seconds(longest)}`,
  );
  console.log(
    `    the crowd:      ${most} in at once; half had been ended after ${seconds(sorted[Math.floor(sorted.length / 2)])}, the last after ${seconds(sorted.at(-1))}, ${left} never`,
  );
  console.log(`    cost:           ${cpu.toFixed(1)} s of processor time, ${app.memoryMiB()} MiB held afterwards`);
  await pause(1_000);
}

/** What so many requests in one write cost when their sender leaves, by one of the ways in which a sender can. */
async function sendAhead(app: BenchApp, leave: (socket: Socket) => void): Promise<string> {
  const [cpu = Number.NaN, memory = Number.NaN] = [app.cpuMicroseconds(), app.memoryMiB()];
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.write(head.repeat(ahead), () => resolve()));
  leave(socket);
  for (let idle = 0, last = -1; idle < 10; idle += 1) {
    await pause(200);
    const now = app.cpuMicroseconds() ?? 0;
    if (now - last > 20_000) idle = 0;
    last = now;
  }
  socket.destroy();
  const spent = ((app.cpuMicroseconds() ?? Number.NaN) - cpu) / 1e6;
  return `${spent.toFixed(2)} s of processor time, ${(app.memoryMiB() ?? Number.NaN) - memory} MiB more than before`;
}

const app = await startApp({}, { port: String(port) });
for (let count = 0; count < 30; count += 1) await askHonestly();
console.log(
  `  ${ahead.toLocaleString("en")} requests for a page in one write of ${Math.round((head.length * ahead) / 1024)} KiB, whose sender`,
);
console.log(`    closes at once:      ${await sendAhead(app, (socket) => socket.resetAndDestroy())}`);
console.log(`    ends without reading: ${await sendAhead(app, (socket) => socket.end())}`);
console.log(`    stays, reads nothing: ${await sendAhead(app, (socket) => socket.pause())}`);
console.log(`    peak of the process: ${app.peakMemoryMiB()} MiB`);
console.log(
  `  ${crowd.toLocaleString("en")} requests that a page answers early, and whose body of 5,000 bytes never comes`,
);
await besiege(app, announced);
console.log(`  ${crowd.toLocaleString("en")} connections on which nothing is said`);
await besiege(app, "");
console.log(`  peak of the process: ${app.peakMemoryMiB()} MiB`);
await app.stop();

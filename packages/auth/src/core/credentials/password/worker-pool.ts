import { Worker } from "node:worker_threads";
import { AuthError } from "../../domain/errors.ts";

/** One piece of work for `bcrypt-worker.mjs`. */
export interface HashJob {
  /** What bcrypt hashes. */
  input: string;
  /** bcrypt's setting: version, cost and salt. */
  salt: string;
  /** The cost whose work is spent in any case, also when the salt names a lower one. */
  workCost: number;
}

export interface HashQueueOptions {
  /** How many jobs run at once, each in its own thread. */
  threads: number;
  /** How many jobs may wait for a thread. One more is refused at once: it would only make all the others wait. */
  queueLimit: number;
  /** A first guess at how long a job takes, in milliseconds, until some were measured. */
  typicalJobMilliseconds: number;
  /** Milliseconds from any origin, never going back. */
  now: () => number;
  startWorker: () => Worker;
  /** Milliseconds without work after which a thread ends. One holds 16 MB, and takes a tenth of a second to start. */
  idleMs?: number;
}

/** How the hashing thread is started; written so that every bundler finds the file. */
export function startPasswordWorker(): Worker {
  return new Worker(new URL("./bcrypt-worker.mjs", import.meta.url));
}

/** How much there is to do just now. */
export interface HashQueueLoad {
  running: number;
  waiting: number;
}

interface Ticket {
  job: HashJob;
  resolve: (hash: string) => void;
  reject: (error: AuthError) => void;
}

interface Thread {
  worker: Worker;
  running: (Pick<Ticket, "resolve" | "reject"> & { startedAt: number }) | undefined;
  failure: unknown;
  /** Runs while there is no work. */
  idleTimer: NodeJS.Timeout | undefined;
}

const longestRetrySeconds = 60;
/** Long enough that a login seldom waits for a thread to start. */
const usualIdleMs = 300_000;
const weightOfLatestJob = 1 / 4;

/**
 * A bounded line of hashing jobs in front of a fixed number of threads (fault case P06). First come, first served.
 * Threads start when there is work for them and end some time after it; an idle one keeps no process alive. One that dies fails its
 * own job only, and the next job gets a new one.
 */
export class HashQueue {
  readonly #options: HashQueueOptions;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Ticket[] = [];
  #jobMilliseconds: number;
  #closed = false;

  constructor(options: HashQueueOptions) {
    this.#options = options;
    this.#jobMilliseconds = options.typicalJobMilliseconds;
  }

  /**
   * Resolves to the bcrypt hash.
   *
   * @throws {AuthError} `temporarily_unavailable`: the line is full (with an honest `retryAfterSeconds`), the thread
   *   died, or the queue was closed
   */
  run(job: HashJob): Promise<string> {
    if (this.#closed) return Promise.reject(unavailable({ cause: new Error("The password hasher is closed") }));
    if (this.#isFull()) return Promise.reject(unavailable({ retryAfterSeconds: this.#secondsUntilServed() }));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#serve();
    });
  }

  load(): HashQueueLoad {
    return { running: [...this.#threads].filter((thread) => thread.running).length, waiting: this.#waiting.length };
  }

  /** Ends all threads and rejects whatever runs or waits. Resolves when they are gone; may be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = { cause: new Error("The password hasher was closed") };
    for (const ticket of this.#waiting.splice(0)) ticket.reject(unavailable(closed));
    for (const thread of this.#threads) {
      clearTimeout(thread.idleTimer);
      take(thread)?.reject(unavailable(closed));
    }
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  #isFull(): boolean {
    const { running, waiting } = this.load();
    return running >= this.#options.threads && waiting >= this.#options.queueLimit;
  }

  #secondsUntilServed(): number {
    const { threads } = this.#options;
    const milliseconds = ((this.#waiting.length + threads) / threads) * this.#jobMilliseconds;
    return Math.min(longestRetrySeconds, Math.max(1, Math.ceil(milliseconds / 1000)));
  }

  /** Hands waiting jobs to idle threads, oldest first. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      let thread: Thread | undefined;
      try {
        thread = this.#idleThread();
      } catch (cause) {
        this.#waiting.shift()?.reject(unavailable({ cause })); // no thread could be started
        continue;
      }
      const ticket = thread && this.#waiting.shift();
      if (!thread || !ticket) return;
      clearTimeout(thread.idleTimer);
      thread.running = { resolve: ticket.resolve, reject: ticket.reject, startedAt: this.#options.now() };
      thread.worker.ref();
      thread.worker.postMessage(ticket.job);
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (!thread.running) return thread;
    return this.#threads.size < this.#options.threads ? this.#startThread() : undefined;
  }

  #startThread(): Thread {
    const thread: Thread = {
      worker: this.#options.startWorker(),
      running: undefined,
      failure: undefined,
      idleTimer: undefined,
    };
    this.#threads.add(thread);
    thread.worker.on("message", (hash: string) => this.#onAnswer(thread, hash));
    thread.worker.on("error", (error) => {
      thread.failure = error; // `exit` follows
    });
    thread.worker.on("exit", (code) => this.#onExit(thread, code));
    return thread;
  }

  #onAnswer(thread: Thread, hash: string): void {
    const running = take(thread);
    thread.worker.unref();
    if (running) {
      const milliseconds = this.#options.now() - running.startedAt;
      this.#jobMilliseconds += (milliseconds - this.#jobMilliseconds) * weightOfLatestJob;
      running.resolve(hash);
    }
    this.#serve();
    if (!thread.running)
      thread.idleTimer = setTimeout(() => this.#end(thread), this.#options.idleMs ?? usualIdleMs).unref();
  }

  #end(thread: Thread): void {
    this.#threads.delete(thread); // no job finds it from here on
    void thread.worker.terminate();
  }

  #onExit(thread: Thread, code: number): void {
    this.#threads.delete(thread);
    const cause = thread.failure ?? new Error(`The hashing thread ended with code ${code}`);
    take(thread)?.reject(unavailable({ cause }));
    this.#serve();
  }
}

/** Ends a thread's hold on its job, so that nothing of it stays behind. */
function take(thread: Thread): Thread["running"] {
  const running = thread.running;
  thread.running = undefined;
  return running;
}

function unavailable(options: { cause?: unknown; retryAfterSeconds?: number }): AuthError {
  return new AuthError("temporarily_unavailable", options);
}

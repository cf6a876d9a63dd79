/**
 * Finds the open ports of a host: `port-scanner [HOST [FIRST-LAST]]`. Without an argument it opens two ports of
 * localhost, and looks for them.
 *
 * What to see: a semaphore that bounds how many connections are tried at once, `timeout()` around each, and
 * Happy Eyeballs, by which the addresses of a name do not wait for one another. A progress bar is drawn on a
 * terminal.
 */
import { getRunningLoop, run, Semaphore, TaskGroup, TimeoutError, timeout } from '@loop/core';
import { OSError, Protocol } from '@loop/net';

const AT_ONCE = 64;
const PATIENCE = 1;
const WIDTH = 40;

/** Whether somebody listens on `port`. */
async function isOpen(host: string, port: number): Promise<boolean> {
  try {
    await timeout(PATIENCE, async () => {
      const [transport] = await getRunningLoop().createConnection(
        () => new Protocol(),
        host,
        port,
        { happyEyeballsDelay: 0.1 },
      );
      transport.abort();
    });
    return true;
  } catch (error) {
    // Nobody there, or a wall that swallows what comes.
    if (error instanceof OSError || error instanceof TimeoutError) return false;
    throw error;
  }
}

/** The open ones among `ports`, in their order. */
async function scan(host: string, ports: readonly number[], progress: Progress): Promise<number[]> {
  const turn = new Semaphore(AT_ONCE);
  const open: number[] = [];
  await TaskGroup.run(async (group) => {
    for (const port of ports) {
      const guard = await turn.acquire();
      void group.createTask(async () => {
        using _ = guard;
        if (await isOpen(host, port)) open.push(port);
        progress.step();
      });
    }
  });
  return open.toSorted((a, b) => a - b);
}

/** How far it is: drawn over itself on a terminal, and nowhere else. */
class Progress {
  readonly #total: number;
  #done = 0;
  #drawn = -1;

  constructor(total: number) {
    this.#total = total;
  }

  step(): void {
    this.#done += 1;
    const filled = Math.floor((this.#done / this.#total) * WIDTH);
    if (!process.stderr.isTTY || filled === this.#drawn) return;
    this.#drawn = filled;
    const bar = '█'.repeat(filled).padEnd(WIDTH, '░');
    const end = this.#done === this.#total ? '\n' : '';
    process.stderr.write(`\r${bar} ${this.#done}/${this.#total}${end}`);
  }
}

function parseRange(text: string): number[] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && to >= from && to <= 65535)) {
    throw new RangeError(`Expected ports as 8080 or 1-1024, got "${text}"`);
  }
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

async function report(host: string, ports: readonly number[]): Promise<void> {
  const open = await scan(host, ports, new Progress(ports.length));
  console.log(`${ports.length} ports of ${host} tried, ${open.length} open`);
  for (const port of open) console.log(`  ${port}`);
}

await run(async () => {
  const [host, range = '1-1024'] = process.argv.slice(2);
  if (host !== undefined) {
    await report(host, parseRange(range));
    return;
  }
  const loop = getRunningLoop();
  // On one family only: by the name the scanner tries the other one as well.
  await using four = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
  await using other = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
  const own = [four, other].map((server) => {
    const [, port] = server.sockets[0]!.getsockname() as [string, number];
    return port;
  });
  console.log(`Listening on ${own.toSorted((a, b) => a - b).join(' and ')}`);
  const around = new Set(own.flatMap((port) => [port - 2, port - 1, port, port + 1, port + 2]));
  await report(
    'localhost',
    [...around].filter((port) => port > 0 && port < 65536),
  );
});

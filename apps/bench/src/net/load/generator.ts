/**
 * `generator.c` where there is no compiler, for TCP and Unix: the same arguments, commands and answers.
 * It costs more than most servers, and so is what holds them back.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [mode, transport, address = '', connections, size] = process.argv.slice(2);
const payload = Buffer.alloc(Number(size), 'x');
const count = Number(connections);
const open: Socket[] = [];

function connected(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = transport === 'unix' ? connect(address) : connect(Number(address), '127.0.0.1');
    socket.setNoDelay(true);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function exchange(socket: Socket): Promise<void> {
  if (payload.length === 0) return;
  await new Promise<void>((resolve) => {
    let left = payload.length;
    const take = (data: Buffer): void => {
      left -= data.length;
      if (left > 0) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
    socket.write(payload);
  });
}

async function shortLived(): Promise<void> {
  const socket = await connected();
  await exchange(socket);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end();
  socket.resume();
  await closed;
}

async function openAll(): Promise<void> {
  while (open.length < count) open.push(await connected());
}

async function run(operations: number): Promise<void> {
  let left = operations;
  const worker = async (index: number): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      if (mode === 'connect') await shortLived();
      else await exchange(open[index] as Socket);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => worker(index)));
}

function answer(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

if (mode === 'echo') await openAll();
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  if (mode === 'hold') await openAll();
  const operations = mode === 'hold' ? count : Number(line);
  await run(operations);
  const { user, system } = process.cpuUsage(cpu);
  answer({ operations, wall: (performance.now() - wall) / 1000, cpu: (user + system) / 1e6 });
}

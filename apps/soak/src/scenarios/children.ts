import { getRunningLoop } from '@loop/core';
import type { WriteTransport } from '@loop/net';
import { SubprocessProtocol, type SubprocessTransport } from '@loop/subprocess';
import { expectBytes, expectEqual, type Scenario } from '../scenario.ts';

/** Collects what a child prints, and knows when all of it has come. */
class Collector extends SubprocessProtocol {
  readonly ended = getRunningLoop().createFuture<void>();
  readonly #output: Buffer[] = [];

  override pipeDataReceived(_fd: number, data: Buffer): void {
    this.#output.push(data);
  }

  override connectionLost(): void {
    if (!this.ended.done()) this.ended.setResult();
  }

  get output(): Buffer {
    return Buffer.concat(this.#output);
  }
}

const shells: readonly { readonly script: string; readonly returncode: number }[] = [
  { script: 'exit 0', returncode: 0 },
  { script: 'exit 7', returncode: 7 },
  { script: 'kill -TERM $$', returncode: -15 },
  { script: 'exec <&- ; exit 3', returncode: 3 },
];

async function start(
  command: readonly [string, ...string[]],
): Promise<[SubprocessTransport, Collector]> {
  return await getRunningLoop().subprocessExec(() => new Collector(), command);
}

export const childScenarios: readonly Scenario[] = [
  {
    name: 'child that echoes',
    weight: 2,
    async run(_, random) {
      const [transport, collector] = await start(['cat']);
      try {
        const sent = random.bytes(random.size(300_000));
        const stdin = transport.getPipeTransport(0) as WriteTransport;
        stdin.write(sent);
        stdin.writeEof();
        await collector.ended;
        expectBytes(collector.output, sent, 'cat');
        expectEqual(transport.getReturncode(), 0, 'the status of cat');
      } finally {
        transport.close();
      }
    },
  },
  {
    name: 'child that ends',
    weight: 2,
    async run(_, random) {
      const { script, returncode } = random.pick(shells);
      const [transport, collector] = await start(['sh', '-c', script]);
      try {
        await collector.ended;
        expectEqual(transport.getReturncode(), returncode, `the status of ${script}`);
      } finally {
        transport.close();
      }
    },
  },
  {
    name: 'child that is killed',
    weight: 2,
    async run(_, random) {
      const [transport, collector] = await start(['sleep', '60']);
      try {
        if (random.chance(0.5)) transport.kill();
        else transport.close();
        await collector.ended;
        expectEqual(transport.getReturncode(), -9, 'the status of a killed child');
      } finally {
        transport.close();
      }
    },
  },
];

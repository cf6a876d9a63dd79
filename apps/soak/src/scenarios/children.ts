import { getRunningLoop } from '@loop/core';
import type { WriteTransport } from '@loop/net';
import {
  createSubprocessExec,
  createSubprocessShell,
  PIPE,
  SubprocessProtocol,
  type SubprocessTransport,
} from '@loop/subprocess';
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
  {
    name: 'communicate',
    weight: 2,
    async run(_, random) {
      const sent = random.bytes(random.size(300_000));
      const pipes = { stdin: PIPE, stdout: PIPE, stderr: PIPE };
      await using child = await createSubprocessShell('cat; echo done >&2', pipes);
      const [output, errors] = await child.communicate(sent);
      expectBytes(output!, sent, 'communicate');
      expectEqual(String(errors), 'done\n', 'what came on stderr');
      expectEqual(child.returncode, 0, 'the status of a shell');
    },
  },
  {
    name: 'lines of a child',
    weight: 2,
    async run(_, random) {
      const count = random.integer(1, 2000);
      await using child = await createSubprocessExec('seq', [String(count)], { stdout: PIPE });
      let last = 0;
      for await (const line of child.stdout!) {
        expectEqual(Number(line), last + 1, 'the next line of seq');
        last += 1;
      }
      expectEqual(last, count, 'the number of lines');
      expectEqual(await child.wait(), 0, 'the status of seq');
    },
  },
];

import { getRunningLoop, run, sleep } from '@loop/core';
import { VirtualHost } from '@loop/core/testing';
import { socketpair } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { selectorLoops } from '../../test/backends.ts';

describe.each(selectorLoops)('virtual time with %s', (_, makeLoop) => {
  it('jumps to the next timer while descriptors are watched, and hears of them first', async () => {
    await run(
      async () => {
        const loop = getRunningLoop();
        const [near, far] = socketpair();
        const trace: string[] = [];
        loop.addReader(near, () => {
          trace.push(`${near.recv(10).toString()} ${loop.time()}`);
        });
        await sleep(1000);
        trace.push(`slept ${loop.time()}`);
        far.send(Buffer.from('ready'));
        await sleep(1000);
        trace.push(`slept ${loop.time()}`);
        expect(trace).toEqual(['slept 1000', 'ready 1000', 'slept 2000']);
        loop.removeReader(near);
        near.close();
        far.close();
      },
      { loopFactory: () => makeLoop({ host: new VirtualHost() }) },
    );
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { createSubprocessExec, SubprocessProtocol } from '@loop/subprocess';
import { describe, expect, it } from 'vitest';
import { loops, node, useLoops, withLoop } from '../test/traced.ts';

const storage = new AsyncLocalStorage<string>();

describe.each(loops)("another library's AsyncLocalStorage with the %s", (_, makeLoop) => {
  it('is in the callbacks of a protocol what it was where the child was started', async () => {
    useLoops(makeLoop);
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${what} ${storage.getStore() ?? 'none'}`);
    await withLoop(async (loop) => {
      const finished = loop.createFuture<void>();
      class Noting extends SubprocessProtocol {
        override connectionMade(): void {
          note('made');
        }
        override pipeDataReceived(): void {
          note('data');
        }
        override pipeConnectionLost(fd: number): void {
          note(`pipe ${fd}`);
        }
        override processExited(): void {
          note('exited');
        }
        override connectionLost(): void {
          note('lost');
          finished.setResult();
        }
      }
      await storage.run('mine', () =>
        loop.subprocessExec(() => new Noting(), node('console.log("hello")'), {
          stdin: null,
          stderr: null,
        }),
      );
      await storage.run('other', () => finished);
    });
    expect(seen.sort()).toEqual([
      'data mine',
      'exited mine',
      'lost mine',
      'made mine',
      'pipe 1 mine',
    ]);
  });

  it('is what it was behind what waits for a child', async () => {
    useLoops(makeLoop);
    await withLoop(async () => {
      await storage.run('mine', async () => {
        await using child = await createSubprocessExec('echo', ['hello']);
        expect(storage.getStore()).toBe('mine');
        await child.communicate();
        expect(storage.getStore()).toBe('mine');
      });
    });
  });
});

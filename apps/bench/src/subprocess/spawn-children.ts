import { spawn } from 'node:child_process';
import type { Run } from '../harness/workload.ts';

const PROGRAM = '/bin/true';

/** Starts a child that ends at once, and waits for its end, `count` times one after another. */
export async function spawnByLoop(pipes: boolean): Promise<Run> {
  const { newEventLoop } = await import('@loop/core');
  const { DEVNULL, PIPE, SubprocessProtocol } = await import('@loop/subprocess');
  const loop = newEventLoop();
  class Child extends SubprocessProtocol {
    readonly lost = loop.createFuture<void>();
    override connectionLost(): void {
      this.lost.setResult();
    }
  }
  const each = pipes ? PIPE : DEVNULL;
  const stdio = { stdin: each, stdout: each, stderr: each };
  return async (count) => {
    await loop.runUntilComplete(function* () {
      for (let i = 0; i < count; i += 1) {
        const [, child] = yield* loop.subprocessExec(() => new Child(), [PROGRAM], stdio);
        yield* child.lost;
      }
    });
    return count;
  };
}

/** The same by `child_process`. */
export function spawnByNode(pipes: boolean): Run {
  const stdio = pipes ? 'pipe' : 'ignore';
  return async (count) => {
    for (let i = 0; i < count; i += 1) {
      await new Promise((resolve) => spawn(PROGRAM, [], { stdio }).on('close', resolve));
    }
    return count;
  };
}

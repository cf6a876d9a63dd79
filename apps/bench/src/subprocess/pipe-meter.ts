import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Run } from '../harness/workload.ts';

// What is on its way in both pipes and `cat` is of this order: less would measure waiting.
const WINDOW = 256 * 1024;

/** Bytes go through `cat` and back, by a plain protocol or one that gives the memory to read into. */
export async function throughLoop(size: number, buffered: boolean): Promise<Run> {
  holdMemory();
  const { newEventLoop } = await import('@loop/core');
  const { BufferedSubprocessProtocol, SubprocessProtocol } = await import('@loop/subprocess');
  const loop = newEventLoop();
  const meter = new Meter();
  class Plain extends SubprocessProtocol {
    override pipeDataReceived(_fd: number, data: Buffer): void {
      meter.received(data.length);
    }
    override pauseWriting(): void {
      meter.pause();
    }
    override resumeWriting(): void {
      meter.resume();
    }
  }
  class Buffered extends BufferedSubprocessProtocol {
    readonly #memory = Buffer.alloc(WINDOW);
    override pipeGetBuffer(): Uint8Array {
      return this.#memory;
    }
    override pipeBufferUpdated(_fd: number, count: number): void {
      meter.received(count);
    }
    override pauseWriting(): void {
      meter.pause();
    }
    override resumeWriting(): void {
      meter.resume();
    }
  }
  const [transport] = await loop.runUntilComplete(() =>
    loop.subprocessExec(() => (buffered ? new Buffered() : new Plain()), ['cat'], { stderr: null }),
  );
  const stdin = transport.getPipeTransport(0);
  const chunk = Buffer.alloc(size, 'x');
  const write = (): void => stdin?.write(chunk);
  return async (count) => {
    await loop.runUntilComplete(function* () {
      const done = loop.createFuture<void>();
      meter.start(count, size, write, () => done.setResult());
      yield* done;
    });
    return count;
  };
}

/** The same by the streams of `child_process`. */
export function throughNode(size: number): Run {
  holdMemory();
  const { stdin, stdout } = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const meter = new Meter();
  const chunk = Buffer.alloc(size, 'x');
  const done = new EventTarget();
  stdout.on('data', (data: Buffer) => meter.received(data.length));
  stdin.on('drain', () => meter.resume());
  const write = (): void => {
    if (!stdin.write(chunk)) meter.pause();
  };
  return async (count) => {
    const arrived = once(done, 'arrived');
    meter.start(count, size, write, () => done.dispatchEvent(new Event('arrived')));
    await arrived;
    return count;
  };
}

let held: object[] | undefined;

/**
 * A heap of some size, as programs have. While it is about 8 MB V8 collects all of it for each 32 MB of buffers,
 * which doubles the cost for whoever is just there, Node's streams or ours.
 */
function holdMemory(): void {
  held ??= Array.from({ length: 400_000 }, (_, index) => ({ index, text: `${index}` }));
}

/** Writes while it may, and counts what comes back. */
class Meter {
  #paused = false;
  #left = 0;
  #size = 0;
  #underWay = 0;
  #write: () => void = () => {};
  #done: () => void = () => {};

  start(count: number, size: number, write: () => void, done: () => void): void {
    this.#left = count;
    this.#size = size;
    this.#write = write;
    this.#done = done;
    this.#feed();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#feed();
  }

  received(count: number): void {
    this.#underWay -= count;
    if (this.#left > 0) this.#feed();
    else if (this.#underWay === 0) this.#done();
  }

  #feed(): void {
    const most = Math.max(WINDOW, this.#size);
    while (this.#left > 0 && !this.#paused && this.#underWay < most) {
      this.#left -= 1;
      this.#underWay += this.#size;
      this.#write();
    }
  }
}

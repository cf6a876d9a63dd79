/**
 * A package of one's own: a method on every loop, and a source of events that wakes it.
 *
 * What to see: three messages of a worker thread, each handed to a callback of the loop, though the
 * loop has nothing else to do meanwhile. Nothing here is private to Loop's own packages: `@loop/net` is made
 * of the same parts.
 */
import {
  createHandle,
  enqueueHandle,
  installPoller,
  newEventLoop,
  perLoop,
  registerExtension,
  type EventLoop,
  type Handle,
  type Poller,
} from '@loop/core';
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from 'node:worker_threads';

declare module '@loop/core' {
  interface EventLoop {
    /** Calls `callback(message)` for every message that arrives at `port`. */
    addPort(port: MessagePort, callback: (message: unknown) => unknown): void;
  }
}

/** Asks its ports for messages once an iteration; a message wakes an idle loop. */
class PortPoller implements Poller {
  readonly #loop: EventLoop;
  readonly #wake: () => void;
  readonly #ports = new Map<MessagePort, { handle: Handle; messages: unknown[] }>();

  constructor(loop: EventLoop, wake: () => void) {
    this.#loop = loop;
    this.#wake = wake;
  }

  add(port: MessagePort, callback: (message: unknown) => unknown): void {
    const messages: unknown[] = [];
    const handle = createHandle(this.#loop, () => callback(messages.shift()), []);
    this.#ports.set(port, { handle, messages });
    // Node calls this from a macrotask of its own, as `wake` asks for.
    port.on('message', (message: unknown) => {
      messages.push(message);
      enqueueHandle(this.#loop, handle);
      this.#wake();
    });
  }

  poll(): void {
    for (const [port, { handle, messages }] of this.#ports) {
      let received = receiveMessageOnPort(port);
      for (; received !== undefined; received = receiveMessageOnPort(port)) {
        messages.push(received.message);
        enqueueHandle(this.#loop, handle);
      }
    }
  }

  /** `false`: the loop sets a timer of its own for when it is next due. */
  arm(): boolean {
    return false;
  }

  disarm(): void {}

  close(): void {
    for (const port of this.#ports.keys()) port.close();
  }
}

const pollerOf = perLoop((loop) => installPoller(loop, (wake) => new PortPoller(loop, wake)));

registerExtension({
  name: 'outside-extension',
  methods: {
    addPort(port: MessagePort, callback: (message: unknown) => unknown): void {
      pollerOf(this).add(port, callback);
    },
  },
});

const program = `
  const { workerData: port } = require('node:worker_threads');
  for (const word of ['ready', 'set', 'go']) port.postMessage(word);
`;
const { port1, port2 } = new MessageChannel();
const loop = newEventLoop();
loop.addPort(port1, (word) => {
  console.log(`From the worker: ${String(word)}`);
  if (word === 'go') loop.stop();
});
const worker = new Worker(program, { eval: true, workerData: port2, transferList: [port2] });
try {
  await loop.runForever();
} finally {
  loop.close();
  await worker.terminate();
}

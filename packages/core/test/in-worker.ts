import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Runs `fixtures/<name>` in a thread of its own, and gives the one message that it posts. */
export async function messageOf(name: string): Promise<unknown> {
  const worker = new Worker(new URL(`fixtures/${name}`, import.meta.url));
  try {
    const [message] = (await once(worker, 'message')) as [unknown];
    return message;
  } finally {
    await worker.terminate();
  }
}

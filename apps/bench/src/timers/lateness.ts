/** Timers one after the other: `lateness.js PEER MILLISECONDS`. A line says how many, and is answered by the median. */
import { createInterface } from 'node:readline';
import type { EventLoop, Future } from '@loop/core';
import { ProactorEventLoop, SelectorEventLoop, socketpair } from '@loop/net';
import { median } from '../harness/statistics.ts';

const [peer, milliseconds] = process.argv.slice(2);
const delay = Number(milliseconds) / 1000;

/** Seconds by which each of `count` timers was late. */
type Measure = (count: number) => PromiseLike<number[]>;

function ofLoop(loop: EventLoop): Measure {
  const one = (): Future<number> => {
    const late = loop.createFuture<number>();
    const when = loop.time() + delay;
    loop.callAt(when, () => late.setResult(loop.time() - when));
    return late;
  };
  return (count) =>
    loop.runUntilComplete(async () => {
      const all: number[] = [];
      while (all.length < count) all.push(await one());
      return all;
    });
}

function onDescriptors(): EventLoop {
  const loop = new SelectorEventLoop();
  // A loop that watches something, as a server does.
  const [near] = socketpair();
  loop.addReader(near, () => {});
  return loop;
}

const ofNode: Measure = async (count) => {
  const all: number[] = [];
  while (all.length < count) {
    const when = performance.now() + delay * 1000;
    await new Promise((resolve) => {
      setTimeout(resolve, delay * 1000);
    });
    all.push((performance.now() - when) / 1000);
  }
  return all;
};

const measure =
  peer === 'node'
    ? ofNode
    : ofLoop(peer === 'proactor' ? new ProactorEventLoop() : onDescriptors());
await measure(20);
console.log(JSON.stringify('ready'));
for await (const line of createInterface({ input: process.stdin })) {
  const late = await measure(Number(line));
  console.log(JSON.stringify(median(late) * 1e6));
}

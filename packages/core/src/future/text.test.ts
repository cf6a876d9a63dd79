import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { Future } from './future.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  loop.close();
});

function finished(result: unknown): Future {
  const future = loop.createFuture();
  future.setResult(result);
  return future;
}

describe('the text of a future', () => {
  it('FUT-024 names its state', () => {
    const cancelled = loop.createFuture();
    cancelled.cancel();
    const failed = loop.createFuture();
    failed.setException(new RangeError('too far'));
    expect(
      [loop.createFuture(), cancelled, finished(4), finished('text'), failed].map(String),
    ).toEqual([
      '<Future pending>',
      '<Future cancelled>',
      '<Future finished result=4>',
      '<Future finished result="text">',
      '<Future finished exception=RangeError("too far")>',
    ]);
    failed.exception();
  });

  it('FUT-024 shows one or two callbacks, and of more only the first and the last', () => {
    const future = loop.createFuture();
    const texts = [];
    for (const callback of [function f() {}, function g() {}, function h() {}, function i() {}]) {
      future.addDoneCallback(callback);
      texts.push(future.toString());
    }
    expect(texts).toEqual([
      '<Future pending cb=[f()]>',
      '<Future pending cb=[f(), g()]>',
      '<Future pending cb=[f(), <1 more>, h()]>',
      '<Future pending cb=[f(), <2 more>, i()]>',
    ]);
  });

  it('FUT-024 shortens a long result', () => {
    const text = finished('x'.repeat(1000)).toString();
    expect(text).toMatch(/^<Future finished result="x+\.\.\.>$/);
    expect(text.length).toBeLessThan(120);
    expect(finished([1, 2, 3, 4, 5, 6]).toString()).toBe(
      '<Future finished result=[1, 2, 3, 4, ...]>',
    );
  });

  it('FUT-024 ends where it would come back to itself', () => {
    const one = loop.createFuture();
    const two = finished(one);
    one.setResult(two);
    expect(one.toString()).toBe('<Future finished result=<Future finished result=<...>>>');
    const self = loop.createFuture();
    self.setResult([self]);
    expect(self.toString()).toBe('<Future finished result=[...]>');
  });

  it('FUT-024 has the name of a subclass, and is what Node shows', () => {
    class Reply extends Future {}
    const reply = new Reply({ loop });
    expect(reply.toString()).toBe('<Reply pending>');
    expect(inspect({ reply })).toBe('{ reply: <Reply pending> }');
    expect(Object.prototype.toString.call(reply)).toBe('[object Future]');
  });

  it('FUT-024 tells in debug mode where it was created', () => {
    loop.setDebug(true);
    expect(loop.createFuture().toString()).toMatch(
      /^<Future pending created at .*text\.test\.ts:\d+>$/,
    );
  });
});

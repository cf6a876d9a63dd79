// A run gives the outcome of its future, the very error object included.
import { CancelledError, newEventLoop, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* returns() {
    return 7;
  }

  function* isCancelled() {
    throw new CancelledError();
  }

  const loop = newEventLoop();
  print('coroutine', await loop.runUntilComplete(returns));
  const finished = loop.createFuture<string>();
  finished.setResult('early');
  loop.callSoon(print, 'queued before');
  print('finished future', await loop.runUntilComplete(finished));
  const pending = loop.createFuture<string>();
  loop.callSoon(() => pending.setResult('late'));
  print('pending future', await loop.runUntilComplete(pending));
  const failed = loop.createFuture<void>();
  const boom = new ValueError('boom');
  loop.callSoon(() => failed.setException(boom));
  try {
    await loop.runUntilComplete(failed);
  } catch (error) {
    print('failed future', error === boom);
  }
  try {
    await loop.runUntilComplete(isCancelled);
  } catch (error) {
    print('cancelled', repr(error));
  }
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function returns() {
    return 7;
  }

  async function isCancelled() {
    throw new CancelledError();
  }

  const loop = newEventLoop();
  print('coroutine', await loop.runUntilComplete(returns));
  const finished = loop.createFuture<string>();
  finished.setResult('early');
  loop.callSoon(print, 'queued before');
  print('finished future', await loop.runUntilComplete(finished));
  const pending = loop.createFuture<string>();
  loop.callSoon(() => pending.setResult('late'));
  print('pending future', await loop.runUntilComplete(pending));
  const failed = loop.createFuture<void>();
  const boom = new ValueError('boom');
  loop.callSoon(() => failed.setException(boom));
  try {
    await loop.runUntilComplete(failed);
  } catch (error) {
    print('failed future', error === boom);
  }
  try {
    await loop.runUntilComplete(isCancelled);
  } catch (error) {
    print('cancelled', repr(error));
  }
  loop.close();
}

// The same tests under jest, vitest and node:test; each of them has `test`, and an assertion library is not needed.
import assert from 'node:assert/strict';
import { CancelledError, createTask, run, sleep } from '@loop/core';
import { runVirtual } from '@loop/core/testing';
import { openConnection, startServer } from '@loop/net';

const test =
  globalThis.test ?? (process.env.VITEST ? await import('vitest') : await import('node:test')).test;

test('answers over a connection', () =>
  run(async () => {
    const server = await startServer(async (reader, writer) => {
      writer.write(await reader.readline());
      writer.close();
    }, '127.0.0.1');
    const [, port] = server.sockets[0].getsockname();
    const [reader, writer] = await openConnection('127.0.0.1', port);
    writer.write(Buffer.from('abc\n'));
    assert.equal((await reader.readline()).toString(), 'abc\n');
    writer.close();
    server.close();
  }));

test('has virtual time', async () => {
  assert.equal(await runVirtual(() => sleep(3600, 'done')), 'done');
});

test('cancels', () =>
  run(async () => {
    const task = createTask(() => sleep(60));
    await sleep(0);
    task.cancel();
    await assert.rejects(async () => await task, CancelledError);
  }));

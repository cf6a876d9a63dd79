import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';

const program = new URL('../../test/fixtures/runs-out-of-descriptors.ts', import.meta.url).pathname;

describe.concurrent.each(backends)('without descriptors, with %s,', (name, _, backend) => {
  const title =
    backend === 'selector'
      ? 'SRV-026 SRV-027 a server says so once, loses no connection, and goes on accepting'
      : 'a server sends away who waits, and goes on accepting';
  it(title, async () => {
    const { stdout, stderr } = await promisify(execFile)(
      '/bin/sh',
      [
        '-c',
        'ulimit -n 256 && exec "$0" -C @loop/source --import tsx "$1" "$2"',
        process.execPath,
        program,
        name,
      ],
      {
        // The loader's cache opens its files in the background, and closes them when we have counted.
        env: { ...process.env, NODE_OPTIONS: '', TSX_DISABLE_CACHE: '1' },
        cwd: new URL('../..', import.meta.url),
      },
    );
    expect(stderr).toBe('');
    const refused = [0, 1, 2].map((client) => `client ${client} is sent away`);
    const kept = [
      'socket.accept() out of system resource EMFILE',
      'client 0',
      'client 1',
      'client 2',
    ];
    expect(stdout.trim().split('\n')).toEqual([
      ...(backend === 'selector' ? kept : refused),
      'late client',
    ]);
  });
});

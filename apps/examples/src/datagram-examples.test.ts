import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Runs an example to its end: what it printed. */
async function output(name: string): Promise<string> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file]);
  expect(stderr).toBe('');
  return stdout;
}

it('UDP-001 echoes a datagram, and ends by itself', async () => {
  expect(await output('udp-echo.ts')).toBe('Received "Hello"\nAnswered "Hello"\n');
});

it('UNIX-001 UNIX-017 tells the time by a Unix socket, and takes the file along', async () => {
  expect(await output('unix-socket.ts')).toMatch(
    /^The clock says \d{4}-\d\d-\d\dT[\d:.]+Z\nThe socket is gone\n$/,
  );
});

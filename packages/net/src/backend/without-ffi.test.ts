import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { isInstalled } from '../../test/is-installed.ts';

const fixture = (name: string): string =>
  new URL(`../../test/fixtures/${name}`, import.meta.url).pathname;

it.skipIf(!isInstalled('openssl'))(
  'SEL-012 SEL-013 CLS-006 works where koffi cannot be loaded, and says what does not (needs openssl)',
  async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--conditions=@loop/source',
      '--import=tsx',
      `--import=${fixture('refuse-koffi.ts')}`,
      fixture('without-ffi.ts'),
    ]);
    const koffi = '@loop/posix needs the package koffi, which is not installed: npm install koffi';
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'koffi asked for by the import: 0',
      'backend: proactor',
      'TCP to 127.0.0.1: hello world',
      'TCP to 127.0.0.1, buffered: hello world',
      'TCP to ::1: hello world',
      'TCP to ::1, buffered: hello world',
      "a server that does not serve yet: OSError, Connect call failed ('127.0.0.1', PORT): ECONNREFUSED, after N s",
      'and then: hello world',
      'TLS, by streams: in secret',
      'Unix: hello world',
      'Unix, abstract: hello world',
      'UDP to 127.0.0.1: ping',
      'UDP to ::1: ping',
      'pipes: by a child',
      'FIFO: by a FIFO',
      'getaddrinfo: 2,1,6,,127.0.0.1,80',
      'getnameinfo: 127.0.0.1 http',
      'addReader: NotImplementedError, addReader() needs a loop on a selector, and this one is on the proactor: use a SelectorEventLoop, which needs the package koffi',
      `Unix datagrams: NotImplementedError, ${koffi}`,
      `reuseAddress: false: NotImplementedError, ${koffi}`,
      `a SelectorEventLoop: NotImplementedError, ${koffi}`,
      '',
    ]);
  },
);

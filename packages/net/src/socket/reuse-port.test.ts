import { ValueError } from '@loop/core';
import { OSError, Socket } from '@loop/posix';
import { afterEach, expect, it, vi } from 'vitest';
import { setReusePort } from './reuse-port.ts';

afterEach(() => {
  vi.doUnmock('@loop/posix');
  vi.resetModules();
  vi.restoreAllMocks();
});

it('UDP-010 SRV-016 tells that the kernel does not know SO_REUSEPORT', () => {
  using socket = new Socket();
  vi.spyOn(socket, 'setsockopt').mockImplementation(() => {
    throw new OSError('ENOPROTOOPT', { syscall: 'setsockopt' });
  });
  expect(() => setReusePort(socket)).toThrow(
    new ValueError(
      'reuse_port not supported by socket module, SO_REUSEPORT defined but not implemented.',
    ),
  );
});

it('UDP-010 SRV-016 tells that the platform has no SO_REUSEPORT', async () => {
  vi.doMock('@loop/posix', async (original) => ({
    ...(await original<object>()),
    SO_REUSEPORT: -1,
  }));
  vi.resetModules();
  const fresh = await import('./reuse-port.ts');
  using socket = new Socket();
  expect(() => fresh.setReusePort(socket)).toThrow(/^reuse_port not supported by socket module$/);
});

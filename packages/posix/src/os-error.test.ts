import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errnoName, errnoNumber, errnoText } from './errno-table.ts';
import { OSError } from './os-error.ts';

describe('OSError', () => {
  it('has the properties of a system error of Node', () => {
    const error = new OSError('ECONNREFUSED', {
      syscall: 'connect',
      address: '127.0.0.1',
      port: 80,
    });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('OSError: ECONNREFUSED: connection refused, connect 127.0.0.1:80');
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      name: 'OSError',
      code: 'ECONNREFUSED',
      errno: -constants.errno.ECONNREFUSED,
      syscall: 'connect',
      address: '127.0.0.1',
      port: 80,
    });
    expect(getSystemErrorName(error.errno)).toBe('ECONNREFUSED');
  });

  it.each([
    ['a name', 'EAGAIN'],
    ['an errno', constants.errno.EAGAIN],
    ['a negative errno', -constants.errno.EAGAIN],
  ])('is made from %s', (_, code) => {
    const error = new OSError(code);
    expect([error.code, error.errno]).toEqual(['EAGAIN', -constants.errno.EAGAIN]);
    expect(error.message).toBe('EAGAIN: resource temporarily unavailable');
  });

  it.each<[ConstructorParameters<typeof OSError>, string]>([
    [['EPIPE', { syscall: 'write' }], 'EPIPE: broken pipe, write'],
    [
      ['ENOENT', { syscall: 'connect', address: '/run/x' }],
      'ENOENT: no such file or directory, connect /run/x',
    ],
    [['ENOTFOUND', { address: 'nowhere' }], 'ENOTFOUND: unknown node or service, nowhere'],
    [
      ['ECONNABORTED', { message: 'SSL handshake is taking longer' }],
      'SSL handshake is taking longer',
    ],
    [['ENOTSUCH'], 'ENOTSUCH: unknown system error'],
    [[4000], 'errno 4000: unknown system error'],
  ])('of %j says: %s', (args, message) => {
    expect(new OSError(...args).message).toBe(message);
  });

  it('keeps a cause and the failures it sums up, and has neither otherwise', () => {
    const cause = new Error('why');
    const error = new OSError('ECONNREFUSED', { cause, errors: [cause] });
    expect(error.cause).toBe(cause);
    expect(error.errors).toEqual([cause]);
    expect(Object.keys(new OSError('EPIPE'))).toEqual(['name', 'code', 'errno']);
    expect('cause' in new OSError('EPIPE')).toBe(false);
  });
});

describe('the table of errors', () => {
  it('agrees with the system in both directions', () => {
    for (const [code, errno] of Object.entries(constants.errno)) {
      expect(errnoNumber(code)).toBe(errno);
      expect(errnoNumber(errnoName(errno))).toBe(errno);
    }
    expect(errnoText('EAI_AGAIN')).toBe('temporary failure');
    expect(errnoNumber('ENOTFOUND')).toBe(3008);
    expect(errnoName(123_456)).toBe('errno 123456');
    expect(errnoNumber('ENOTSUCH')).toBeUndefined();
  });
});

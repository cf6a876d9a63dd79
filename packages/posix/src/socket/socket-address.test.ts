import { ValueError } from '@loop/core/errors';
import { describe, expect, it } from 'vitest';
import { AF_INET, AF_INET6, AF_UNIX } from '../constants/constants.ts';
import { libc } from '../ffi/library.ts';
import { decodeAddress, encodeAddress, SOCKADDR_SIZE } from './socket-address.ts';
import '../../test/needs-ffi.ts';

function roundTrip(family: number, address: unknown): unknown {
  const bytes = Buffer.alloc(SOCKADDR_SIZE, 0xee);
  return decodeAddress(bytes, encodeAddress(family, address, bytes));
}

describe('addresses to C and back', () => {
  it.each([[['0.0.0.0', 0]], [['255.255.255.255', 65535]], [['1.20.255.0', 256]]])(
    'IPv4 %j',
    (address) => {
      expect(roundTrip(AF_INET, address)).toEqual(address);
    },
  );

  it.each([
    [['::', 0, 0, 0]],
    [['::1', 443, 0, 0]],
    [['fe80::1', 1, 0xfffff, 4_294_967_295]],
    [['2001:db8:1:2:3:4:5:6', 65535, 1, 2]],
    [['::ffff:10.1.2.3', 80, 0, 0]],
  ])('IPv6 %j', (address) => {
    expect(roundTrip(AF_INET6, address)).toEqual(address);
  });

  it('names that stand for addresses', () => {
    expect(roundTrip(AF_INET, ['', 80])).toEqual(['0.0.0.0', 80]);
    expect(roundTrip(AF_INET, ['<broadcast>', 80])).toEqual(['255.255.255.255', 80]);
    expect(roundTrip(AF_INET6, ['', 80])).toEqual(['::', 80, 0, 0]);
  });

  it('IPv6 with a zone in the host, by number or name of the interface', () => {
    expect(roundTrip(AF_INET6, ['fe80::1%7', 80])).toEqual(['fe80::1', 80, 0, 7]);
    const lo = libc.if_nametoindex('lo');
    expect(roundTrip(AF_INET6, ['fe80::1%lo', 80, 0, 0])).toEqual(['fe80::1', 80, 0, lo]);
    expect(() => roundTrip(AF_INET6, ['fe80::1%none', 80])).toThrow('an interface');
  });

  it.each(['/run/a.sock', 'relative', '\0abstract', '\0with\0nulls\0', 'ü/é'])(
    'the Unix path %j',
    (path) => {
      expect(roundTrip(AF_UNIX, path)).toBe(path);
      expect(roundTrip(AF_UNIX, Buffer.from(path))).toBe(path);
    },
  );

  it('a Unix path that is not UTF-8, as bytes', () => {
    const path = Uint8Array.of(0x2f, 0xff, 0x80);
    expect(roundTrip(AF_UNIX, path)).toEqual(Buffer.from(path));
  });

  it('many IPv4 hosts in turn', () => {
    for (let word = 0; word < 3000; word += 1) {
      const host = `10.${word % 7}.${word >> 8}.${word & 255}`;
      expect(roundTrip(AF_INET, [host, word])).toEqual([host, word]);
    }
  });

  it('of a family nobody asked for, as its bytes', () => {
    const bytes = Buffer.from([16, 0, 1, 2, 3, 4]);
    expect(decodeAddress(bytes, 6)).toEqual(bytes);
    expect(decodeAddress(bytes, 0)).toBe('');
  });
});

describe('what is no address', () => {
  it.each<[number, unknown, new (message: string) => Error]>([
    [AF_INET, null, TypeError],
    [AF_INET, [], TypeError],
    [AF_INET, ['1.2.3.4', 1, 2], TypeError],
    [AF_INET, [1234, 1], TypeError],
    [AF_INET, ['1.2.3.4', '80'], TypeError],
    [AF_INET, ['1.2.3.4', -1], ValueError],
    [AF_INET, ['1.2.3', 1], ValueError],
    [AF_INET, ['1.2.3.4\0', 1], ValueError],
    [AF_INET6, ['127.0.0.1', 1], ValueError],
    [AF_INET6, ['::1', 1, -1], ValueError],
    [AF_INET6, ['::1', 1, 0x100000], ValueError],
    [AF_INET6, ['::1', 1, 0, 2 ** 32], ValueError],
    [AF_INET6, ['::1', 1, 0, '1'], TypeError],
    [AF_INET6, ['::1', 1, 0, 0, 0], TypeError],
    [AF_UNIX, ['127.0.0.1', 1], TypeError],
    [AF_UNIX, 7, TypeError],
    [AF_UNIX, 'a\0b', ValueError],
    [9999, ['127.0.0.1', 1], ValueError],
  ])('for family %d: %j', (family, address, type) => {
    expect(() => roundTrip(family, address)).toThrow(type);
  });
});

import { ValueError } from '@loop/core/errors';
import { describe, expect, it } from 'vitest';
import {
  AF_INET,
  AF_INET6,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_PASSIVE,
  IPPROTO_TCP,
  IPPROTO_UDP,
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SOCK_DGRAM,
  SOCK_STREAM,
} from '../constants/constants.ts';
import { OSError } from '../os-error.ts';
import { getaddrinfo } from './getaddrinfo.ts';
import { getnameinfo } from './getnameinfo.ts';
import '../../test/needs-ffi.ts';

describe('getaddrinfo', () => {
  it('DNS-001 DNS-005 resolves to tuples', async () => {
    const found = await getaddrinfo('127.0.0.1', 80, { type: SOCK_STREAM });
    expect(found).toEqual([[AF_INET, SOCK_STREAM, IPPROTO_TCP, '', ['127.0.0.1', 80]]]);
    const six = await getaddrinfo('::1', 80, { type: SOCK_DGRAM });
    expect(six).toEqual([[AF_INET6, SOCK_DGRAM, IPPROTO_UDP, '', ['::1', 80, 0, 0]]]);
  });

  it('DNS-003 takes no host for loopback, or for every interface', async () => {
    const type = SOCK_STREAM;
    const loopback = await getaddrinfo(null, 80, { type, family: AF_INET });
    expect(loopback).toEqual([[AF_INET, type, IPPROTO_TCP, '', ['127.0.0.1', 80]]]);
    const every = await getaddrinfo(null, 80, { type, family: AF_INET, flags: AI_PASSIVE });
    expect(every).toEqual([[AF_INET, type, IPPROTO_TCP, '', ['0.0.0.0', 80]]]);
    await expect(getaddrinfo(null, null)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('DNS-004 takes services by number, text, name or none, and each type without one', async () => {
    const ports = await Promise.all(
      [null, 80, '80', 'http', Buffer.from('http')].map(async (port) => {
        const [first] = await getaddrinfo('127.0.0.1', port, { type: SOCK_STREAM });
        return (first![4] as [string, number])[1];
      }),
    );
    expect(ports).toEqual([0, 80, 80, 80, 80]);
    const types = (await getaddrinfo('127.0.0.1', 80)).map(([, type]) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.length).toBeGreaterThan(1);
  });

  it('DNS-005 gives the canonical name with the first entry when asked', async () => {
    const found = await getaddrinfo('127.0.0.1', 80, { flags: AI_CANONNAME });
    expect(found.map(([, , , name]) => name)).toEqual([
      '127.0.0.1',
      ...found
        .slice(1)
        .fill(found[1]!)
        .map(() => ''),
    ]);
  });

  it('DNS-006 rejects with ENOTFOUND or EAI codes', async () => {
    const numeric = getaddrinfo('localhost', 80, { flags: AI_NUMERICHOST });
    await expect(numeric).rejects.toBeInstanceOf(OSError);
    await expect(numeric).rejects.toMatchObject({
      code: 'ENOTFOUND',
      errno: -3008,
      syscall: 'getaddrinfo',
      address: 'localhost',
      port: 80,
    });
    const service = getaddrinfo('127.0.0.1', 'no-such-service', { type: SOCK_STREAM });
    await expect(service).rejects.toMatchObject({ code: 'EAI_SERVICE', errno: -3010 });
    const family = getaddrinfo('::1', 80, { family: AF_INET });
    await expect(family).rejects.toMatchObject({ code: /^(EAI_ADDRFAMILY|ENOTFOUND)$/ });
    await expect(getaddrinfo('127.0.0.1', 80, { family: 9999 })).rejects.toMatchObject({
      code: 'EAI_FAMILY',
    });
    await expect(getaddrinfo('127.0.0.1', 80, { flags: 0x40000000 })).rejects.toMatchObject({
      code: 'EAI_BADFLAGS',
    });
  });

  it('resolves names by the hosts file, as text or bytes', async () => {
    const options = { type: SOCK_STREAM, family: AF_INET };
    const [named] = await getaddrinfo('localhost', 1, options);
    expect(named![4]).toEqual(['127.0.0.1', 1]);
    expect(await getaddrinfo(Buffer.from('localhost'), 1, options)).toEqual([named]);
  });

  it('has more look-ups asked of it than the pool would take', async () => {
    const found = await Promise.all(
      Array.from({ length: 600 }, (_, port) =>
        getaddrinfo('127.0.0.1', port, { type: SOCK_STREAM }),
      ),
    );
    expect(found.map(([first]) => (first![4] as [string, number])[1])).toEqual(
      Array.from({ length: 600 }, (_, port) => port),
    );
  });

  it.each<[string, unknown, unknown, unknown, new (message: string) => Error]>([
    ['host', 7, 80, {}, TypeError],
    ['host', 'a\0b', 80, {}, ValueError],
    ['port', 'localhost', {}, {}, TypeError],
    ['port', 'localhost', 65536, {}, ValueError],
    ['port', 'localhost', '8\x000', {}, ValueError],
    ['family', 'localhost', 80, { family: 'INET' }, TypeError],
    ['flags', 'localhost', 80, { flags: 2 ** 40 }, ValueError],
    ['the options', 'localhost', 80, 5, TypeError],
  ])('rejects a wrong %s without a look-up', async (name, host, port, options, type) => {
    const call = getaddrinfo(host as string, port as number, options as object);
    await expect(call).rejects.toThrow(type);
    await expect(call).rejects.toThrow(`Expected ${name}`);
  });
});

describe('getnameinfo', () => {
  it('DNS-007 gives numbers where numbers are asked for', async () => {
    const flags = NI_NUMERICHOST | NI_NUMERICSERV;
    expect(await getnameinfo(['127.0.0.1', 80], flags)).toEqual(['127.0.0.1', '80']);
    expect(await getnameinfo(['::1', 80, 0, 0], flags)).toEqual(['::1', '80']);
  });

  it('DNS-007 gives names of services for the type asked for', async () => {
    expect(await getnameinfo(['127.0.0.1', 80], NI_NUMERICHOST)).toEqual(['127.0.0.1', 'http']);
    const [, service] = await getnameinfo(['127.0.0.1', 514], NI_NUMERICHOST | NI_DGRAM);
    expect(service).toBe('syslog');
  });

  it('DNS-007 rejects a host that is no number, and one without a name that must have one', async () => {
    await expect(getnameinfo(['localhost', 80])).rejects.toMatchObject({ code: 'ENOTFOUND' });
    const nameless = getnameinfo(['192.0.2.1', 80], NI_NAMEREQD);
    await expect(nameless).rejects.toMatchObject({ code: /^(ENOTFOUND|EAI_AGAIN)$/ });
  });

  it.each<[unknown, unknown, new (message: string) => Error]>([
    ['127.0.0.1', 0, TypeError],
    [['127.0.0.1'], 0, TypeError],
    [['127.0.0.1', 80, 0, 0], 0, TypeError],
    [['127.0.0.1', 70_000], 0, ValueError],
    [['127.0.0.1', 80], 'NUMERIC', TypeError],
  ])('rejects %j with flags %j', async (sockaddr, flags, type) => {
    await expect(getnameinfo(sockaddr as [string, number], flags as number)).rejects.toThrow(type);
  });
});

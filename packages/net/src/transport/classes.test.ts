import { NotImplementedError } from '@loop/core';
import {
  BaseProtocol,
  BaseTransport,
  BufferedProtocol,
  DatagramProtocol,
  DatagramTransport,
  Protocol,
  ReadTransport,
  Transport,
  WriteTransport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';

describe('the classes of transports', () => {
  const base = ['getExtraInfo', 'isClosing', 'close', 'setProtocol', 'getProtocol'];
  const read = ['isReading', 'pauseReading', 'resumeReading'];
  const write = [
    'write',
    'writelines',
    'writeEof',
    'canWriteEof',
    'abort',
    'getWriteBufferSize',
    'getWriteBufferLimits',
    'setWriteBufferLimits',
  ];

  it.each([
    ['BaseTransport', class extends BaseTransport {}, base],
    ['ReadTransport', class extends ReadTransport {}, [...base, ...read]],
    ['WriteTransport', class extends WriteTransport {}, [...base, ...write]],
    ['Transport', class extends Transport {}, [...base, ...read, ...write]],
    ['DatagramTransport', class extends DatagramTransport {}, [...base, 'sendto', 'abort']],
  ])('TR-044 %s leaves every method to its implementation', (_, Bare, methods) => {
    const bare = new Bare() as unknown as Record<string, (...args: unknown[]) => unknown>;
    expect(bare).toBeInstanceOf(BaseTransport);
    for (const method of methods) {
      expect(() => bare[method]!()).toThrow(NotImplementedError);
      expect(() => bare[method]!()).toThrow(`does not implement ${method}()`);
    }
  });
});

describe('the classes of protocols', () => {
  it('PROTO-005 do nothing, so that an end closes the connection', () => {
    const nothing: unknown[] = [
      new BaseProtocol().connectionMade(null as never),
      new BaseProtocol().connectionLost(null),
      new BaseProtocol().pauseWriting(),
      new BaseProtocol().resumeWriting(),
      new Protocol().dataReceived(Buffer.alloc(1)),
      new Protocol().eofReceived(),
      new BufferedProtocol().bufferUpdated(1),
      new BufferedProtocol().eofReceived(),
      new DatagramProtocol().datagramReceived(Buffer.alloc(1), ['127.0.0.1', 1]),
      new DatagramProtocol().errorReceived(new Error('refused')),
    ];
    expect(nothing).toEqual(nothing.map(() => undefined));
    for (const made of [new Protocol(), new BufferedProtocol(), new DatagramProtocol()]) {
      expect(made).toBeInstanceOf(BaseProtocol);
    }
  });
});

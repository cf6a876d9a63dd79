import { NotImplementedError, RuntimeError } from '@loop/core';
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
import { feedBuffered } from './protocol.ts';

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

  it('PROTO-013 feeds a buffered protocol by hand, in as many rounds as it needs', () => {
    const trace: string[] = [];
    class Small extends BufferedProtocol {
      readonly #buffer = Buffer.alloc(4);
      override getBuffer(sizeHint: number): Uint8Array {
        trace.push(`buffer ${sizeHint}`);
        return this.#buffer;
      }
      override bufferUpdated(count: number): void {
        trace.push(this.#buffer.toString('latin1', 0, count));
      }
    }
    feedBuffered(new Small(), Buffer.from('123456'));
    expect(trace).toEqual(['buffer 6', '1234', 'buffer 2', '56']);

    class Empty extends BufferedProtocol {
      override getBuffer(): Uint8Array {
        return new Uint8Array(0);
      }
    }
    expect(() => feedBuffered(new Empty(), Buffer.from('1'))).toThrow(RuntimeError);
    expect(() => feedBuffered(new Empty(), Buffer.alloc(0))).not.toThrow();
  });
});

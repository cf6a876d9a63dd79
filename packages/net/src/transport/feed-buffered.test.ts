import { RuntimeError } from '@loop/core';
import { describe, expect, it } from 'vitest';
import { BufferedProtocol, feedBuffered } from './protocol.ts';

/** Gives buffers of fixed sizes, and keeps what was put into them. */
class Sized extends BufferedProtocol {
  readonly hints: number[] = [];
  readonly got: string[] = [];
  readonly #sizes: number[];
  #buffer = Buffer.alloc(0);

  constructor(...sizes: number[]) {
    super();
    this.#sizes = sizes;
  }

  override getBuffer(sizeHint: number): Uint8Array {
    this.hints.push(sizeHint);
    this.#buffer = Buffer.alloc(this.#sizes.shift() ?? 0);
    return this.#buffer;
  }

  override bufferUpdated(count: number): void {
    this.got.push(this.#buffer.toString('latin1', 0, count));
  }
}

describe('feedBuffered', () => {
  it('PROTO-013 asks for buffers until all is consumed', () => {
    const protocol = new Sized(4, 3, 100);
    feedBuffered(protocol, Buffer.from('0123456789'));
    expect(protocol.hints).toEqual([10, 6, 3]);
    expect(protocol.got).toEqual(['0123', '456', '789']);
  });

  it('PROTO-013 refuses an empty buffer, and what is none', () => {
    expect(() => feedBuffered(new Sized(2), Buffer.from('abc'))).toThrow(RuntimeError);
    expect(() => feedBuffered(new Sized(2), Buffer.from('abc'))).toThrow('empty buffer');
    const wrong = new Sized();
    wrong.getBuffer = () => 'text' as never;
    expect(() => feedBuffered(wrong, Buffer.from('abc'))).toThrow(TypeError);
  });
});

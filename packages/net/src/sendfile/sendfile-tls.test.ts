import { ftruncateSync } from 'node:fs';
import { CancelledError, type EventLoop } from '@loop/core';
import { describe, expect, it } from 'vitest';
import { closePair, type ConnectedPair, connectPair } from '../../test/connected-pair.ts';
import { errorOf } from '../../test/error-of.ts';
import { Recorder } from '../../test/recorder.ts';
import { LARGE, SampleFile } from '../../test/sendfile-ends.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';

// More than the kernel takes for a peer that does not read.
const SIZE = 3 * LARGE;

const authority = certificates();

/** Reads its first bytes, and no more until it is told to. */
class Hesitant extends Recorder {
  override dataReceived(data: Buffer): void {
    if (this.size === 0) this.transport.pauseReading();
    super.dataReceived(data);
  }
}

/** The near end sends, and the far one hesitates. */
async function tlsPair(loop: EventLoop): Promise<ConnectedPair> {
  return connectPair(loop, {
    far: new Hesitant(loop),
    server: { ssl: serverContext(authority.localhost) },
    client: { ssl: clientContext(authority), serverHostname: 'localhost' },
  });
}

describe.each(tlsLoops)('sendfile in the middle, over TLS by %s', (_, makeLoop) => {
  it('can be cancelled: the position tells how much went out, and the connection goes on', () =>
    inTlsLoop(makeLoop, async (loop) => {
      using file = new SampleFile(SIZE);
      const pair = await tlsPair(loop);
      const { near, far } = pair;
      const sending = loop.createTask(() => loop.sendfile(near.transport, file.fd));
      await far.bytes(1);
      expect(sending.done()).toBe(false);
      sending.cancel();
      expect(await errorOf(sending)).toBeInstanceOf(CancelledError);
      const position = file.position();
      expect(position).toBeGreaterThan(0);
      expect(position).toBeLessThan(SIZE);
      near.transport.write(Buffer.from('after'));
      far.transport.resumeReading();
      const received = await far.bytes(position + 5);
      expect(received.subarray(0, -5).equals(file.bytes.subarray(0, position))).toBe(true);
      expect(received.subarray(-5).toString()).toBe('after');
      await closePair(pair);
    }));

  it('sends less of a file that shrinks meanwhile', () =>
    inTlsLoop(makeLoop, async (loop) => {
      using file = new SampleFile(SIZE);
      const pair = await tlsPair(loop);
      const { near, far } = pair;
      const sending = loop.createTask(() => loop.sendfile(near.transport, file.fd));
      await far.bytes(1);
      expect(sending.done()).toBe(false);
      ftruncateSync(file.fd, SIZE - 1_000_000);
      far.transport.resumeReading();
      expect(await sending).toBe(SIZE - 1_000_000);
      near.transport.write(Buffer.from('after'));
      const received = await far.bytes(SIZE - 1_000_000 + 5);
      expect(received.subarray(0, -5).equals(file.bytes.subarray(0, -1_000_000))).toBe(true);
      await closePair(pair);
    }));
});

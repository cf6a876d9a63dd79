import { AF_INET, type DatagramTransport, SOCK_DGRAM, Socket } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { selectorLoops } from '../../test/backends.ts';
import { DatagramRecorder } from '../../test/datagram-recorder.ts';
import { openSockets } from '../../test/open-sockets.ts';

describe.each(selectorLoops)('datagram endpoints of a closed loop, with %s', (_, makeLoop) => {
  it('TR-010 are freed with it, and their protocols hear of nothing', async () => {
    const before = openSockets();
    const loop = makeLoop();
    const socket = new Socket(AF_INET, SOCK_DGRAM);
    socket.bind(['127.0.0.1', 0]);
    let protocol!: DatagramRecorder;
    const transport: DatagramTransport = await loop.runUntilComplete(async () => {
      const [made] = await loop.createDatagramEndpoint(
        () => (protocol = new DatagramRecorder(loop)),
        { sock: socket },
      );
      return made;
    });
    loop.close();
    expect(openSockets()).toEqual(before);
    expect(socket.fileno()).toBe(-1);
    expect(transport.isClosing()).toBe(true);
    transport.sendto(Buffer.from('nowhere'), ['127.0.0.1', 9]);
    transport.close();
    transport.abort();
    expect(protocol.trace).toEqual(['made']);
  });
});

import { PinnedBuffer } from '../src/ffi/library.ts';
import { DONE, type OpenSslConnection } from '../src/openssl/connection.ts';

let pinned: PinnedBuffer | null = null;

/** Made when it is first used: where there is no FFI, this file can be imported all the same. */
function memory(): PinnedBuffer {
  return (pinned ??= new PinnedBuffer(64 * 1024));
}

/** Carries what one has written to the other; answers how much it was. */
export function carry(from: OpenSslConnection, to: OpenSslConnection): number {
  let total = 0;
  for (;;) {
    const count = from.drainPinned(memory(), 0, memory().bytes.length);
    if (count === 0) return total;
    to.feedPinned(memory(), 0, count);
    total += count;
  }
}

/** Both handshakes, to the end; what comes after them is carried too. */
export function shakeHands(client: OpenSslConnection, server: OpenSslConnection): void {
  for (;;) {
    const ours = client.handshake();
    carry(client, server);
    const theirs = server.handshake();
    carry(server, client);
    if (ours === DONE && theirs === DONE) return;
  }
}

/** All plaintext that can be read now. */
export function readAll(connection: OpenSslConnection): string {
  let text = '';
  for (;;) {
    const count = connection.readPinned(memory(), 0, memory().bytes.length);
    if (count <= 0) return text;
    text += memory().bytes.toString('latin1', 0, count);
  }
}

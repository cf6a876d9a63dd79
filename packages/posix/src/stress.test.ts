import { expect, it } from 'vitest';
import { openDescriptors } from '../test/descriptor-count.ts';
import { SO_ERROR, SO_LINGER, SOL_SOCKET } from './constants/constants.ts';
import { OSError } from './os-error.ts';
import { EpollSelector } from './selectors/epoll-selector.ts';
import { EVENT_READ, EVENT_WRITE } from './selectors/selector.ts';
import { Socket } from './socket/socket.ts';
import '../test/needs-ffi.ts';

const CONNECTIONS = 3000;
const AT_ONCE = 60;

/** The same numbers in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Many connections that are opened, echo, and end in every way: by either side, with a reset, with data
 * unread, before anything was sent.
 */
it('serves connections that come and go in every way, and leaves nothing open', () => {
  const before = openDescriptors();
  const random = generator(7);
  const selector = new EpollSelector();
  const server = new Socket();
  server.bind(['127.0.0.1', 0]);
  server.listen(AT_ONCE);
  selector.register(server, EVENT_READ, 'server');
  const address = server.getsockname();

  let opened = 0;
  let ended = 0;
  let echoed = 0;
  let wrong = 0;
  const failures: number[] = [];
  const wanted = new Map<Socket, Buffer>();

  const end = (socket: Socket): void => {
    selector.unregister(socket);
    if (random(3) === 0)
      socket.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]));
    socket.close();
    if (wanted.delete(socket)) ended += 1;
  };
  const open = (): void => {
    opened += 1;
    const client = new Socket();
    wanted.set(client, Buffer.alloc(1 + random(5000), opened));
    try {
      client.connect(address);
    } catch (error) {
      if (!(error instanceof OSError && error.code === 'EINPROGRESS')) throw error;
    }
    selector.register(client, EVENT_WRITE, 'connecting');
  };
  const onServed = (socket: Socket): void => {
    const data = socket.recv(4096);
    if (data.length === 0 || random(10) === 0) end(socket);
    else socket.send(data);
  };
  const onClient = (socket: Socket, state: unknown): void => {
    if (state === 'connecting') {
      failures.push(socket.getsockopt(SOL_SOCKET, SO_ERROR));
      if (random(10) === 0) return end(socket);
      socket.send(wanted.get(socket)!);
      selector.modify(socket, EVENT_READ, 'connected');
      return;
    }
    const data = socket.recv(8192);
    if (data.length === 0) return end(socket);
    const rest = wanted.get(socket)!;
    if (data.compare(rest, 0, data.length) !== 0) wrong += 1;
    if (data.length === rest.length) echoed += 1;
    if (data.length === rest.length || random(5) === 0) end(socket);
    else wanted.set(socket, rest.subarray(data.length));
  };
  const visit = (socket: Socket, state: unknown): void => {
    try {
      if (state === 'served') onServed(socket);
      else onClient(socket, state);
    } catch (error) {
      // A reset by the other side, at any point.
      if (!(error instanceof OSError && /^(?:ECONNRESET|EPIPE)$/.test(error.code))) throw error;
      end(socket);
    }
  };

  while (ended < CONNECTIONS) {
    while (opened < CONNECTIONS && wanted.size < AT_ONCE) open();
    for (const [{ fileobj, data }] of selector.select(10)) {
      if (fileobj === server) {
        selector.register(server.accept()[0], EVENT_READ, 'served');
      } else if (selector.getMap()!.has((fileobj as Socket).fileno())) {
        visit(fileobj as Socket, data);
      }
    }
  }
  // What the server has not seen the end of.
  for (const { fileobj } of selector.getMap()!.values()) end(fileobj as Socket);
  selector.close();
  expect(echoed).toBeGreaterThan(CONNECTIONS / 2);
  expect(wrong).toBe(0);
  expect(failures.filter((error) => error !== 0)).toEqual([]);
  expect(openDescriptors()).toEqual(before);
});

/**
 * A chat by protocols with back-pressure: `chat-server serve [PORT]`, for `nc 127.0.0.1 PORT` in a few terminals.
 * Without an argument it shows what happens when somebody talks faster than another one listens.
 *
 * What to see: `pauseWriting` of a slow listener has the others pause reading, so that the kernel slows the
 * talkers down and no memory fills up; with `resumeWriting` all go on. Who does not listen for too long has to go.
 */
import { getRunningLoop, KeyboardInterrupt, run, sleep, type TimerHandle } from '@loop/core';
import { Protocol, type Server, Socket, type Transport } from '@loop/net';
import '@loop/signals';

const HOST = '127.0.0.1';
const PATIENCE = 10;

/** Everybody who is connected. */
class Room {
  readonly #members = new Set<Member>();
  readonly #deaf = new Set<Member>();

  join(member: Member): void {
    this.#members.add(member);
    this.#adjust(member);
  }

  leave(member: Member): void {
    this.#members.delete(member);
    this.hears(member);
  }

  tell(from: Member, text: Buffer): void {
    for (const member of this.#members) if (member !== from) member.transport.write(text);
  }

  /** Nobody may talk until `member` has caught up. */
  isDeaf(member: Member): void {
    this.#deaf.add(member);
    for (const each of this.#members) this.#adjust(each);
  }

  hears(member: Member): void {
    if (!this.#deaf.delete(member) || this.#deaf.size > 0) return;
    for (const each of this.#members) this.#adjust(each);
  }

  get buffered(): number {
    return Math.max(0, ...[...this.#members].map((each) => each.transport.getWriteBufferSize()));
  }

  #adjust({ transport }: Member): void {
    if (this.#deaf.size > 0) transport.pauseReading();
    else transport.resumeReading();
  }
}

class Member extends Protocol {
  transport!: Transport;
  readonly #room: Room;
  #patience: TimerHandle | null = null;

  constructor(room: Room) {
    super();
    this.#room = room;
  }

  override connectionMade(transport: Transport): void {
    this.transport = transport;
    this.#room.join(this);
  }

  override dataReceived(data: Buffer): void {
    this.#room.tell(this, data);
  }

  override pauseWriting(): void {
    this.#room.isDeaf(this);
    this.#patience = getRunningLoop().callLater(PATIENCE, () => this.transport.abort());
  }

  override resumeWriting(): void {
    this.#patience?.cancel();
    this.#room.hears(this);
  }

  override connectionLost(): void {
    this.#patience?.cancel();
    this.#room.leave(this);
  }
}

async function serve(room: Room, port: number): Promise<Server> {
  return await getRunningLoop().createServer(() => new Member(room), HOST, port);
}

/** A talker who does not stop, and a listener who falls asleep. */
async function demonstrate(room: Room): Promise<void> {
  const loop = getRunningLoop();
  await using server = await serve(room, 0);
  const address = server.sockets[0]!.getsockname();
  using talker = new Socket();
  using listener = new Socket();
  for (const socket of [talker, listener]) await loop.sockConnect(socket, address);

  const words = Buffer.alloc(64 * 1024, 'bla ');
  const wanted = 32 * 1024 * 1024;
  let said = 0;
  const talking = loop.createTask(async () => {
    for (; said < wanted; said += words.length) await loop.sockSendall(talker, words);
  });
  // Until the talker gets no further for a while.
  for (let before = -1; before !== said; await sleep(0.2)) before = said;
  console.log(`The talker is held up before the end: ${said < wanted}`);
  console.log(`The server keeps less than a megabyte for the listener: ${room.buffered < 1 << 20}`);

  let heard = 0;
  while (heard < wanted) heard += (await loop.sockRecv(listener, 1 << 20)).length;
  await talking;
  console.log(`The listener wakes up, and hears all ${heard / 1024 / 1024} megabytes`);
}

try {
  const [role, port = '0'] = process.argv.slice(2);
  await run(async () => {
    const room = new Room();
    if (role !== 'serve') {
      await demonstrate(room);
      return;
    }
    await using server = await serve(room, Number(port));
    const [, listening] = server.sockets[0]!.getsockname() as [string, number];
    console.log(`In a few other terminals: nc ${HOST} ${listening}. Ctrl-C ends the chat.`);
    try {
      await getRunningLoop().createFuture<never>();
    } finally {
      // Who is connected would have serveForever() wait.
      server.abortClients();
    }
  });
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  console.log('\nInterrupted: everybody has gone.');
}

import { type EventLoop, type Future, getRunningLoop } from '@loop/core';
import { Protocol, type Transport } from '@loop/net';
import {
  DONE,
  OpenSslConnection,
  type OpenSslContext,
  OpenSslError,
  PinnedBuffer,
} from '@loop/posix/internal';

/** Numbers that look random and are the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but not, `end`. */
  below(end: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}

const mutations: ReadonlyArray<(data: Buffer, dice: Dice) => Buffer> = [
  // A bit, or several.
  (data, dice) => {
    for (let left = 1 + dice.below(4); left > 0; left -= 1) {
      const at = dice.below(data.length);
      data[at] = (data[at] as number) ^ (1 << dice.below(8));
    }
    return data;
  },
  // A byte early on, where lengths, types and versions are.
  (data, dice) => {
    data[dice.below(Math.min(64, data.length))] = dice.below(256);
    return data;
  },
  // Less.
  (data, dice) => data.subarray(0, dice.below(data.length)),
  (data, dice) => {
    const from = dice.below(data.length);
    return Buffer.concat([data.subarray(0, from), data.subarray(from + 1 + dice.below(40))]);
  },
  // More.
  (data, dice) => {
    const at = dice.below(data.length + 1);
    return Buffer.concat([
      data.subarray(0, at),
      dice.bytes(1 + dice.below(300)),
      data.subarray(at),
    ]);
  },
  (data) => Buffer.concat([data, data]),
  // Something else in front: alerts, empty records, records of other types and sizes.
  (data, dice) => Buffer.concat([record(20 + dice.below(6), dice.bytes(dice.below(20))), data]),
  (data, dice) =>
    Buffer.concat([...Array(1 + dice.below(80)).fill(record(23, Buffer.alloc(0))), data]),
  (_, dice) => record(22, dice.bytes(1 + dice.below(17_000))),
  (_, dice) => dice.bytes(1 + dice.below(2000)),
];

function record(type: number, content: Buffer): Buffer {
  const header = Buffer.of(type, 3, 3, content.length >> 8, content.length & 0xff);
  return Buffer.concat([header, content]);
}

const memory = new PinnedBuffer(64 * 1024);

/**
 * A peer, in the role of its context, that is well-behaved but for one of its flights, and goes away after
 * it.
 */
export class Attacker extends Protocol {
  readonly done: Future<void>;
  readonly #connection: OpenSslConnection;
  readonly #dice: Dice;
  #flightsBefore: number;
  #transport!: Transport;

  constructor(
    context: OpenSslContext,
    dice: Dice,
    role: 'client' | 'server' = 'client',
    loop: EventLoop = getRunningLoop(),
  ) {
    super();
    this.done = loop.createFuture();
    const server = role === 'server';
    const serverName = server ? null : 'localhost';
    this.#connection = new OpenSslConnection(context, { server, serverName });
    this.#dice = dice;
    this.#flightsBefore = dice.below(4);
  }

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
    this.#proceed();
  }

  override dataReceived(data: Buffer): void {
    if (this.#connection.freed) return;
    this.#connection.feed(data);
    this.#proceed();
  }

  override connectionLost(): void {
    this.#connection.free();
    this.done.setResult();
  }

  #proceed(): void {
    try {
      if (this.#connection.handshake() === DONE) {
        this.#connection.readPinned(memory, 0, memory.bytes.length);
        this.#connection.write(this.#dice.bytes(1 + this.#dice.below(500)));
      }
    } catch (error) {
      if (!(error instanceof OpenSslError)) throw error;
      this.#transport.close();
      return;
    }
    const count = this.#connection.drainPinned(memory, 0, memory.bytes.length);
    if (count > 0) this.#send(Buffer.from(memory.bytes.subarray(0, count)));
  }

  #send(flight: Buffer): void {
    this.#flightsBefore -= 1;
    if (this.#flightsBefore >= 0) {
      this.#transport.write(flight);
      return;
    }
    const mutate = mutations[this.#dice.below(mutations.length)]!;
    this.#transport.write(mutate(flight, this.#dice));
    this.#connection.free();
    this.#transport.writeEof();
  }
}

/** Attacks once, and waits until the server has had enough. */
export async function attack(
  loop: EventLoop,
  port: number,
  context: OpenSslContext,
  dice: Dice,
): Promise<void> {
  const [, attacker] = await loop.createConnection(
    () => new Attacker(context, dice),
    '127.0.0.1',
    port,
  );
  await attacker.done;
}

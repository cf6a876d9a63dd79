import {
  type Coroutine,
  type EventLoop,
  ExceptionGroup,
  TimeoutError,
  ValueError,
} from '@loop/core';
import { isOrdinary } from '@loop/core/errors';
import { type AddressInfo, AF_UNSPEC, OSError, type Socket, SOCK_STREAM } from '@loop/posix';
import { addressText } from '../address-text.ts';
import type { StreamSource } from '../backend/backend.ts';
import { backendOf } from '../backend/choose-backend.ts';
import { descriptorOwners } from '../backend/descriptor-owners.ts';
import {
  checkAtLeast,
  checkBooleans,
  checkFactory,
  checkHost,
  checkHostAndPort,
  checkIntegers,
  checkOptions,
  checkProtocol,
  checkStreamSocket,
} from '../check-options.ts';
import {
  clientTls,
  TLS_CLIENT_OPTIONS,
  type TlsClientOptions,
  type TlsParameters,
} from '../tls/tls-options.ts';
import { addressesOf, type Host, type Port } from '../resolve.ts';
import {
  type AnyStreamProtocol,
  openStream,
  type ProtocolFactory,
} from '../transport/open-stream.ts';
import type { Transport } from '../transport/transport.ts';
import { interleave, staggeredRace } from './happy-eyeballs.ts';

/** Options of `createConnection`. */
export interface CreateConnectionOptions extends TlsClientOptions {
  /** `AF_INET` or `AF_INET6`, to take no other. */
  readonly family?: number | undefined;
  readonly proto?: number | undefined;
  /** `AI_*`, for the resolver. */
  readonly flags?: number | undefined;
  /** A connected socket, in place of host and port. The transport owns it from then on. */
  readonly sock?: Socket | null | undefined;
  /** Where to connect from; resolved as host and port are. */
  readonly localAddr?: readonly [host: Host, port: Port] | null | undefined;
  /** Seconds that an attempt has before the next one starts beside it (RFC 8305); without it they go one by one. */
  readonly happyEyeballsDelay?: number | null | undefined;
  /** How many addresses of the first family come before the families alternate; 0: the resolver's order. */
  readonly interleave?: number | null | undefined;
  /** Rejects with an `ExceptionGroup` of every failure. */
  readonly allErrors?: boolean | undefined;
}

const OPTIONS = [
  ...TLS_CLIENT_OPTIONS,
  'family',
  'proto',
  'flags',
  'sock',
  'localAddr',
  'happyEyeballsDelay',
  'interleave',
  'allErrors',
] as const;

/** See `EventLoop.createConnection`. */
export function* createConnection<P extends AnyStreamProtocol>(
  loop: EventLoop,
  factory: ProtocolFactory<P>,
  host: Host,
  port: Port,
  options: CreateConnectionOptions,
): Coroutine<[Transport, P]> {
  checkFactory(factory);
  checkHost(host);
  checkOptions(options, OPTIONS, 'createConnection');
  const { sock = null, localAddr = null } = options;
  if (localAddr !== null) checkHostAndPort(localAddr, 'localAddr');
  checkAtLeast(options.happyEyeballsDelay, 0, 'happyEyeballsDelay');
  checkAtLeast(options.interleave, 0, 'interleave');
  checkIntegers(options, 'family', 'proto', 'flags', 'interleave');
  checkBooleans(options, 'allErrors');
  const tls = clientTls(loop, options, host);
  const hasAddress = given(host) || given(port);
  if (hasAddress && sock !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  if (!hasAddress && sock === null)
    throw new ValueError('host and port was not specified and no sock specified');
  let source: StreamSource;
  if (sock === null) source = yield* connectToAny(loop, host, port, options);
  else {
    const socket = checkStreamSocket(sock);
    descriptorOwners(loop).checkFree(socket.fileno());
    source = backendOf(loop).adopt(socket);
  }
  return yield* openConnected(loop, source, factory, tls);
}

/** Makes the protocol and the transport of a connected stream, which is closed if that fails. */
export function* openConnected<P extends AnyStreamProtocol>(
  loop: EventLoop,
  source: StreamSource,
  factory: ProtocolFactory<P>,
  tls: TlsParameters | null,
): Coroutine<[Transport, P]> {
  const ready = loop.createFuture<void>();
  let protocol: P;
  let transport: Transport;
  try {
    protocol = checkProtocol(factory());
    transport = openStream(loop, source, protocol, { ready, tls });
  } catch (error) {
    source.close();
    throw error;
  }
  try {
    yield* ready;
  } catch (error) {
    transport.close();
    throw error;
  }
  return [transport, protocol];
}

/** A stream to one of the host's addresses. */
function* connectToAny(
  loop: EventLoop,
  host: Host,
  port: Port,
  options: CreateConnectionOptions,
): Coroutine<StreamSource> {
  const { localAddr = null, happyEyeballsDelay: delay = null } = options;
  const hints = {
    family: options.family ?? AF_UNSPEC,
    type: SOCK_STREAM,
    proto: options.proto ?? 0,
    flags: options.flags ?? 0,
  };
  let addresses = yield* addressesOf(loop, host, port, hints);
  const locals =
    localAddr === null ? null : yield* addressesOf(loop, localAddr[0], localAddr[1], hints);
  const firstCount = options.interleave ?? (delay === null ? 0 : 1);
  if (firstCount > 0) addresses = interleave(addresses, firstCount);
  const attempts = addresses.map((address) => new Attempt(loop, address, locals));
  const source =
    delay === null ? yield* oneByOne(attempts) : yield* sideBySide(loop, attempts, delay);
  if (source !== null) return source;
  const error = combined(attempts, options.allErrors ?? false);
  if (given(port) || !(error instanceof OSError)) throw error;
  // Nobody can be connected to there, but it is what the reference does.
  throw reworded(error, `${error.message} (port 0, as port was ${String(port)})`);
}

/** Errors of the system lead to the next address; any other ends it. */
function* oneByOne(attempts: readonly Attempt[]): Coroutine<StreamSource | null> {
  for (const attempt of attempts) {
    try {
      return yield* attempt.run();
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }
  return null;
}

function* sideBySide(
  loop: EventLoop,
  attempts: readonly Attempt[],
  delay: number,
): Coroutine<StreamSource | null> {
  const bodies = attempts.map((attempt) => () => attempt.run());
  let winner: StreamSource | null = null;
  try {
    const race = yield* staggeredRace(loop, bodies, delay);
    const fatal = race.errors.find(
      (error) => error !== null && isOrdinary(error) && !isFailure(error),
    );
    if (race.result === null && fatal !== undefined) throw fatal;
    winner = race.result;
    return winner;
  } finally {
    // This call may have been cancelled, or another attempt failed badly, after one had connected.
    for (const { source } of attempts) if (source !== winner) source?.close();
  }
}

/** One address, tried. */
class Attempt {
  readonly address: AddressInfo;
  readonly errors: Error[] = [];
  /** Once it is connected. */
  source: StreamSource | null = null;
  readonly #loop: EventLoop;
  readonly #locals: readonly AddressInfo[] | null;
  #took = 0;

  constructor(loop: EventLoop, address: AddressInfo, locals: readonly AddressInfo[] | null) {
    this.#loop = loop;
    this.address = address;
    this.#locals = locals;
  }

  *run(): Coroutine<StreamSource> {
    const begun = this.#loop.time();
    try {
      this.source = yield* this.#connect();
      return this.source;
    } catch (error) {
      this.#took = this.#loop.time() - begun;
      if (isFailure(error)) this.errors.push(error);
      throw error;
    }
  }

  /** From the first local address of the target's family that can be had; all failures but the last go to `errors`. */
  *#connect(): Coroutine<StreamSource> {
    const backend = backendOf(this.#loop);
    if (this.#locals === null) return yield* backend.connect(this.address, null);
    const [family] = this.address;
    let last: OSError | null = null;
    for (const [localFamily, , , , local] of this.#locals) {
      if (localFamily !== family) continue;
      try {
        return yield* backend.connect(this.address, local);
      } catch (error) {
        if (!(error instanceof OSError) || error.syscall !== 'bind') throw error;
        if (last !== null) this.errors.push(last);
        last = bindError(error, local);
      }
    }
    throw (
      last ??
      new OSError('EADDRNOTAVAIL', {
        message: `no matching local address with family=${family} found`,
      })
    );
  }

  /** The failures, each with the time that all of them took. */
  timedErrors(): Error[] {
    return this.errors.map((error) =>
      error instanceof OSError ? timed(error, this.#took) : error,
    );
  }

  /** What was tried, for how long, and why it failed. */
  describe(): string {
    const [host, port] = this.address[4] as [string, number];
    const reasons = this.errors.map((error) => error.message).join(', ');
    return `${addressText([host, port])} after ${this.#took.toFixed(3)} s: ${reasons || 'not tried'}`;
  }
}

/** As the reference words a failed bind. */
export function bindError(error: OSError, address: unknown): OSError {
  return new OSError(error.code, {
    message: `error while attempting to bind on address ${addressText(address)}: ${error.message}`,
    syscall: 'bind',
    cause: error,
  });
}

/** The failure of an attempt, which also says how long that took. */
function timed(error: OSError, seconds: number): OSError {
  return reworded(error, `${error.message}, after ${seconds.toFixed(3)} s`);
}

function reworded(error: OSError, message: string): OSError {
  const { code, syscall, address, port, errors, cause = error } = error;
  return new OSError(code, { message, syscall, address, port, errors, cause });
}

/** One error for all attempts: it names every address, how long it took and why it failed. */
function combined(attempts: readonly Attempt[], all: boolean): Error {
  const errors = attempts.flatMap((attempt) => attempt.errors);
  const [first] = errors;
  if (first === undefined) return new TimeoutError('create_connection failed');
  const timedErrors = attempts.flatMap((attempt) => attempt.timedErrors());
  if (all) return new ExceptionGroup('create_connection failed', timedErrors);
  if (errors.every((error) => error.message === first.message)) return timedErrors[0] as Error;
  const codes = new Set(errors.map((error) => (error as Partial<OSError>).code));
  const [code = 'ECONNREFUSED'] = codes;
  return new OSError(codes.size === 1 ? code : 'EHOSTUNREACH', {
    message: `Multiple exceptions: ${attempts.map((attempt) => attempt.describe()).join('; ')}`,
    syscall: 'connect',
    errors,
  });
}

/** What one address can fail with, while another may do. */
function isFailure(error: unknown): error is OSError | TimeoutError {
  return error instanceof OSError || error instanceof TimeoutError;
}

function given(value: unknown): boolean {
  return value !== null && value !== undefined;
}
